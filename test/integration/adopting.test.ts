import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { baseline } from "../../scripts/baseline/baseline";
import { type Delivery, password, type Project } from "../support/delivery";
import { fencesOf } from "../support/documents";
import { beforeEachUsers, type Users } from "../support/users";

// The steps of docs/adopting.md, with what is written there, on databases with data.

const shown = (language: string) =>
    fencesOf("docs/adopting.md")
        .filter((fence) => fence.language === language)
        .map(({ content }) => content);
const [clear, move] = shown("sql") as [string, string];
const [takeOverKey, changelog] = shown("yaml") as [string, string];
const { config } = parse(takeOverKey) as { config: { "aurora-pipeline:takeOverFrom": string[] } };
const takeOver = { BOOTSTRAP_TAKE_OVER_FROM: JSON.stringify(config["aurora-pipeline:takeOverFrom"]) };
const legacy = { name: "legacy_app", password: "the application" };

const addVat =
    "--changeset ana:001-vat\nALTER TABLE customer ADD COLUMN vat text;\n--rollback ALTER TABLE customer DROP COLUMN vat;";

describe("a database that exists already", () => {
    let delivery: Delivery;
    let project: Project;
    let users: Users;
    beforeEachUsers((scene) => {
        ({ delivery, project, users } = scene);
    });

    /** As the cluster's master user, who made the application's role. */
    async function asAdministrator(sql: string): Promise<void> {
        const administrator = await delivery.server.connect(project.database, "dbowner", password);
        await administrator.query(sql);
        await administrator.end();
    }

    async function asLegacy(sql: string): Promise<void> {
        const [known] = await project.query("SELECT FROM pg_roles WHERE rolname = 'legacy_app'");
        if (known === undefined) {
            await asAdministrator(`CREATE ROLE legacy_app LOGIN PASSWORD '${legacy.password}'`);
        }
        await asAdministrator(
            `GRANT CREATE ON DATABASE ${project.database} TO legacy_app; GRANT CREATE ON SCHEMA public TO legacy_app`,
        );
        const application = await delivery.server.connect(project.database, legacy.name, legacy.password);
        await application.query(sql);
        await application.end();
    }

    const byHand =
        "CREATE TABLE customer (id bigint PRIMARY KEY, name text); INSERT INTO customer VALUES (1, 'Ann'), (2, 'Bob');" +
        "CREATE SCHEMA billing; CREATE FUNCTION billing.total() RETURNS int LANGUAGE sql AS 'SELECT 1';";
    const rows = () => project.query("SELECT id::int, name FROM customer ORDER BY id");
    const kept = [
        { id: 1, name: "Ann" },
        { id: 2, name: "Bob" },
    ];

    async function deploy(): Promise<string[]> {
        project.nextExecution();
        await users.run("plan", users.planner);
        const pending = project.plan().changes.map(({ id }) => id);
        await users.run("deploy", users.migrator, 0, { CODEBUILD_SRC_DIR_Plan: project.approve() });
        return pending;
    }

    it("created by hand is found, taken over and migrated, and keeps its rows and its application", async () => {
        await asLegacy(byHand);
        const [found] = shown("text");
        const first = await users.bootstrap();
        assert.ok(first.includes(found!.trimEnd()), first);
        const output = await users.bootstrap(0, takeOver);
        assert.match(output, /transferred from legacy_app to app_\d+_owner: /);
        assert.doesNotMatch(output, /Found/);
        assert.match(await users.bootstrap(0, takeOver), /nothing to do/);
        await asLegacy("INSERT INTO customer VALUES (3, 'Cleo'); DELETE FROM customer WHERE id = 3");

        await writeBaseline();
        assert.deepEqual(await deploy(), ["000-baseline", "001-vat"]);
        const ran = await project.query(
            "SELECT id, exectype FROM databasechangelog WHERE filename LIKE 'changesets/%' ORDER BY orderexecuted",
        );
        assert.deepEqual(ran, [
            { id: "000-baseline", exectype: "MARK_RAN" },
            { id: "001-vat", exectype: "EXECUTED" },
        ]);
        assert.deepEqual(await rows(), kept);
        await asLegacy("UPDATE customer SET vat = 'x' WHERE id = 1");
        assert.match(await users.bootstrap(0, takeOver), /nothing to do/);

        // The same source makes a new database.
        const fresh = await delivery.project();
        fs.cpSync(migrations(), path.join(fresh.source, "migrations"), { recursive: true });
        await fresh.buildEnding(0, "deploy");
        assert.deepEqual(await fresh.query("SELECT id, name, vat FROM customer"), []);
    });

    const migrations = () => path.join(project.source, "migrations");

    /** The steps of "Tables without a history", with the options that are written there. */
    async function writeBaseline(): Promise<void> {
        project.write({ "liquibase.properties": "changeLogFile=changelog.yaml\n", "changelog.yaml": changelog });
        await users.run("plan", users.planner);
        assert.deepEqual(project.plan().changes, []);
        const [generate] = shown("sh");
        assert.equal(generate, "npm run baseline -- --generate --catalog catalog.json\n");
        const progress = {
            say: () => undefined,
            step: <T>(_: string, work: (log: () => void) => Promise<T>) => work(() => undefined),
        };
        const catalog = path.join(project.approve(), "catalog.json");
        const signal = new AbortController().signal;
        assert.equal(await baseline({ migrations: migrations(), catalog, generate: true, progress, signal }), true);
        project.write({ "changesets/001-vat.sql": `--liquibase formatted sql\n${addVat}\n` });
    }

    /** As Liquibase 2.0 made it: fewer columns, and other checksums. */
    const history = (schema: string, checksum: string) =>
        `CREATE TABLE ${schema}.databasechangelog (id varchar(63) NOT NULL, author varchar(63) NOT NULL, filename varchar(200) NOT NULL,
            dateexecuted timestamptz NOT NULL, orderexecuted int NOT NULL, exectype varchar(10) NOT NULL, md5sum varchar(35),
            description varchar(255), comments varchar(255), tag varchar(255), liquibase varchar(20),
            CONSTRAINT pk_databasechangelog PRIMARY KEY (id, author, filename));
         INSERT INTO ${schema}.databasechangelog VALUES ('made', 'lea', 'changelog.sql', '2012-03-01', 1, 'EXECUTED', ${checksum}, 'Custom SQL', '', NULL, '2.0.5')`;
    const made =
        "--changeset lea:made\nCREATE TABLE customer (id bigint PRIMARY KEY, name text);\n--rollback DROP TABLE customer;";

    // What Liquibase makes of this changeset by the rules of the version that the checksum names; none at all.
    const checksums = {
        v3: "'3:6cf6a90f630b4b9618d6998c5cf9e088'",
        v7: "'7:159daaae2b53bf591f627df4dfbe0409'",
        v8: "'8:ce14fdc34f77b74ab58e517d738fb930'",
        none: "NULL",
    };
    for (const [version, checksum] of Object.entries(checksums)) {
        it(`that an older Liquibase changed keeps its history, with the checksum ${version}`, async () => {
            await asLegacy(`${byHand} ${history("public", checksum)}`);
            const output = await users.bootstrap(0, takeOver);
            assert.match(output, /added the column \w+/i);
            project.changelog(made, addVat);
            assert.deepEqual(await deploy(), ["001-vat"]);
            assert.deepEqual(await rows(), kept);
            assert.deepEqual(await deploy(), []);
        });
    }

    it("with foreign checksums is reported, and planned once they are cleared", async () => {
        await asLegacy(`${byHand} ${history("public", "'7:0123456789abcdef0123456789abcdef'")}`);
        await users.bootstrap(0, takeOver);
        project.changelog(made, addVat);
        assert.match(
            await users.run("plan", users.planner, 2),
            /AP1402: .*: a changeset that has already run was edited/s,
        );
        await asLegacy(clear);
        assert.deepEqual(await deploy(), ["001-vat"]);
        assert.deepEqual(await rows(), kept);
    });

    it("whose history is in another schema keeps it when it is moved", async () => {
        await asLegacy(`${byHand} CREATE SCHEMA admin; ${history("admin", checksums.v7)}`);
        await asLegacy(move);
        await users.bootstrap(0, takeOver);
        project.changelog(made, addVat);
        assert.deepEqual(await deploy(), ["001-vat"]);
        assert.deepEqual(await rows(), kept);
    });

    it("is rejected before anything changes if a role owns a database, does not exist, or is a superuser", async () => {
        await asLegacy(byHand);
        const superuser = await delivery.server.administrate(project.database);
        await superuser.query(`CREATE DATABASE ${project.database}_theirs OWNER legacy_app`);
        await superuser.end();
        const output = await users.bootstrap(2, {
            BOOTSTRAP_TAKE_OVER_FROM: '["legacy_app","nobody_here","postgres"]',
        });
        assert.match(output, /legacy_app owns the database \w+_theirs, which is not a migration's: ALTER DATABASE /);
        assert.match(output, /there is no role nobody_here: remove it from the config key takeOverFrom/);
        assert.deepEqual(await project.query("SELECT tableowner FROM pg_tables WHERE tablename = 'customer'"), [
            { tableowner: "legacy_app" },
        ]);
    });
});
