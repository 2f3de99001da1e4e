import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { RowDataPacket } from "mysql2/promise";
import { connectMysql } from "../../scripts/local/database/mysql/provision";
import { startMysql, stopMysql } from "../../scripts/local/database/mysql/server";
import { serverAccount } from "../../scripts/local/database/account";
import { choosePort } from "../../scripts/local/database/port";
import { dataDirectory } from "../../scripts/local/database/server";
import { root } from "../support/program";
import { removeTemporary } from "../scripts/local/support";
import { assertDelivered, changeset, type Outcome, Scene, stagesOf } from "./localSupport";
import { Watched } from "./watchSupport";

describe("local run with MySQL", function () {
    this.timeout(900_000);
    let scene: Scene;
    // The servers run on from one delivery to the next: each start of one takes longer than a delivery.
    const deliver = (options: Parameters<Scene["run"]>[0] = {}) =>
        scene.run({ engine: "mysql", keep: true, ...options });
    const homeOf = (environment: string) => join(scene.local.postgres, `${environment}-mysql`);

    before(() => {
        scene = new Scene();
        cpSync(join(root, "migrations/mysql"), join(scene.repository, "migrations/mysql"), { recursive: true });
        scene.commit({});
    });
    after(async () => {
        for (const environment of ["dev", "prod"]) await stopMysql(dataDirectory(homeOf(environment), serverAccount()));
        removeTemporary();
    });

    async function ask(sql: string, environment = "dev"): Promise<Record<string, unknown>[]> {
        const server = await startMysql(homeOf(environment), await choosePort());
        const account = { name: "app", user: "dbowner", password: scene.password(environment) };
        const connection = await connectMysql(server, account);
        try {
            const [rows] = await connection.query<RowDataPacket[]>(sql);
            return rows.map((row) => ({ ...row }));
        } finally {
            await connection.end();
        }
    }

    const tables = (environment?: string) =>
        ask(
            "SELECT GROUP_CONCAT(table_name ORDER BY table_name) AS names FROM information_schema.tables WHERE table_schema = 'app' " +
                "AND table_name NOT LIKE 'DATABASECHANGELOG%' AND table_name NOT LIKE 'aurora_pipeline_%'",
            environment,
        );
    const more = (sql: string) =>
        scene.commit({ "migrations/mysql/changesets/900-more.sql": `--liquibase formatted sql\n\n${sql}\n` });
    const sampleTables = "audit_entries,customers,order_book,order_lines,orders,products";
    let first: Outcome;

    it("delivers the sample and says how to connect", async () => {
        first = await deliver();
        assertDelivered(first);
        assert.equal(first.lastRun.changesets.length, 16);
        assert.match(first.output, /Verification: 2 of 2 checks hold\./);
        assert.match(first.output, /mysql --defaults-extra-file=\S+ .*--ssl-mode=VERIFY_IDENTITY/);
        assert.ok(!first.output.includes(scene.password("dev")), "the output has the password");
        assert.deepEqual(await tables(), [{ names: sampleTables }]);
        const definers = await ask(
            "SELECT DISTINCT definer AS name FROM information_schema.triggers WHERE trigger_schema = 'app'",
        );
        assert.deepEqual(definers, [{ name: "app_migrator@%" }]);
    });

    it("refuses two schema changes in one changeset, by file and line", async () => {
        more(
            "--changeset app:two\nCREATE TABLE one (id int PRIMARY KEY);\nCREATE TABLE two (id int PRIMARY KEY);\n--rollback DROP TABLE two;\n--rollback DROP TABLE one;",
        );
        const refused = await deliver();
        assert.equal(refused.exit, 1, refused.output);
        assert.match(refused.output, /one-ddl-statement/);
        assert.match(refused.output, /900-more\.sql:3: error one-ddl-statement/);
        assert.deepEqual(await tables(), [{ names: sampleTables }]);
    });

    it("undoes a release that fails, changeset by changeset, and proves it by the catalog; finds no drift before it", async () => {
        more(
            "--changeset app:wishes\nCREATE TABLE wishes (id int PRIMARY KEY);\n--rollback DROP TABLE wishes;\n\n" +
                "--changeset app:book\nCREATE OR REPLACE SQL SECURITY INVOKER VIEW order_book AS SELECT id FROM orders;\n--rollback DROP VIEW order_book;\n\n" +
                "--changeset app:broken\nINSERT INTO wishes (id) VALUES (1), (1);\n--rollback DELETE FROM wishes;",
        );
        const failed = await deliver();
        assert.equal(failed.exit, 1, failed.output);
        assert.match(failed.output, /No drift: the catalog is unchanged/);
        assert.match(failed.output, /Duplicate entry '1' for key 'wishes\.PRIMARY'/);
        assert.match(failed.output, /Everything was undone/);
        assert.deepEqual(failed.lastRun.undone.map(({ id }) => id).sort(), ["book", "wishes"]);
        assert.match(failed.output, /Restored the earlier form of view order_book/);
        assert.deepEqual(await tables(), [{ names: sampleTables }]);
    });

    it("rolls a release back", async () => {
        more("--changeset app:wishes\nCREATE TABLE wishes (id int PRIMARY KEY);\n--rollback DROP TABLE wishes;");
        const back = await deliver({ rollbackTo: first.lastRun.releaseId });
        assert.equal(back.exit, 0, back.output);
        assert.equal(back.lastRun.undone.length, 16);
        assert.deepEqual(await tables(), [{ names: null }]);
    });

    it("delivers each save of a watch, and undoes what was edited", async () => {
        const watched = new Watched(scene, { engine: "mysql", keep: true });
        try {
            await watched.until(/^Watching migrations\/mysql\/ \(Ctrl-C ends\)$/);
            const draft = (columns: string) =>
                changeset("draft", `CREATE TABLE draft (${columns})`, "DROP TABLE draft");
            const file = "migrations/mysql/changesets/950-draft.sql";
            assert.match(await watched.save(file, draft("id int PRIMARY KEY")), /Succeeded in/);
            assert.match(await watched.save(file, draft("id int PRIMARY KEY, a int")), /edited after it was applied/);
            const columns =
                "SELECT GROUP_CONCAT(column_name ORDER BY ordinal_position) AS names FROM information_schema.columns WHERE table_name = 'draft'";
            assert.deepEqual(await ask(columns), [{ names: "id,a" }]);
        } finally {
            await watched.interrupt();
            rmSync(join(scene.repository, "migrations/mysql/changesets/950-draft.sql"), { force: true });
        }
    });

    it("stops at prod's approval, and goes on from there", async () => {
        const waiting = await deliver({ environment: "prod" });
        assert.equal(waiting.exit, 3, waiting.output);
        assert.match(waiting.output, /npm start -- --env prod --engine mysql --approve/);
        const approved = await deliver({ environment: "prod", approve: true });
        assert.equal(approved.exit, 0, approved.output);
        assert.deepEqual(stagesOf(approved).at(-1), "Deploy Succeeded");
        assert.deepEqual(await tables("prod"), [{ names: `${sampleTables},wishes` }]);
        assert.ok(readFileSync(scene.local.lastRun, "utf8").includes('"status": "Succeeded"'));
    });
});
