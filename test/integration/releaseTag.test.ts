import * as assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { Toolchain } from "../../components/contract";
import { run } from "../../scripts/bench/process";
import { beforeEachCopy, createTable, type Delivery, password, type Project } from "../support/delivery";

/** All that Liquibase keeps of a row, without when it was written, and without the comment: a release notes there what it found. */
const columns =
    "id, author, filename, exectype, md5sum, description, tag, liquibase, contexts, labels, length(deployment_id) AS deployment";

describe("the row with a release's tag", () => {
    let project: Project;
    let delivery: Delivery;
    beforeEachCopy(
        async (original, started) => {
            delivery = started;
            original.changelog(createTable("one"));
            await original.buildEnding(0, "deploy");
        },
        (copy) => {
            project = copy;
        },
    );

    const tagRows = () =>
        project.query(`SELECT ${columns} FROM databasechangelog WHERE tag::text = '${project.releaseId}'`);

    /** The update of one changeset that sets the tag, by Liquibase itself, in another database. */
    async function rowOfLiquibase(): Promise<object[]> {
        const other = await delivery.project();
        const tagDatabase = { tag: project.releaseId };
        const id = { id: project.releaseId, author: "aurora-pipeline", logicalFilePath: "liquibase-internal" };
        writeFileSync(
            path.join(other.source, "migrations", "tag.json"),
            JSON.stringify({ databaseChangeLog: [{ changeSet: { ...id, changes: [{ tagDatabase }] } }] }),
        );
        const { host, port, authority } = delivery.endpoint;
        await run(
            "java",
            [
                ...["-cp", path.join(delivery.toolchain, Toolchain.libraries, "*")],
                ...["liquibase.integration.commandline.LiquibaseCommandLine", "--analytics-enabled=false"],
                `--search-path=${path.join(other.source, "migrations")}`,
                `--url=jdbc:postgresql://${host}:${port}/${other.database}?sslmode=verify-full&sslrootcert=${authority}`,
                ...["update", "--changelog-file=tag.json"],
            ],
            { env: { LIQUIBASE_COMMAND_USERNAME: other.connection().username, LIQUIBASE_COMMAND_PASSWORD: password } },
        );
        return other.query(`SELECT ${columns} FROM databasechangelog`);
    }

    it("is the one that Liquibase itself writes, and is there once when a build is tried again", async () => {
        const rows = await tagRows();
        assert.deepEqual(rows, await rowOfLiquibase());

        // The release that made the history table is tried again with another changeset, as a retried stage does.
        project.changelog(createTable("one"), createTable("two"));
        await project.buildEnding(0, "deploy");
        assert.deepEqual(await tagRows(), rows);
        assert.deepEqual(await project.history(), [`[${project.releaseId}]`, "one", "two"]);
    });

    it("is there in a history that an older version of Liquibase made, with fewer columns", async () => {
        await project.query("ALTER TABLE databasechangelog DROP COLUMN deployment_id, DROP COLUMN labels");
        project.nextExecution();
        project.changelog(createTable("one"), createTable("two"));
        await project.buildEnding(0, "deploy");
        assert.equal((await tagRows()).length, 1);
        assert.deepEqual((await project.history()).slice(-2), [`[${project.releaseId}]`, "two"]);
    });

    it("is there whatever operator a migration made, or the release does not begin", async () => {
        await project.query(`
            CREATE FUNCTION public.always(varchar, varchar) RETURNS boolean LANGUAGE sql AS 'SELECT true';
            CREATE OPERATOR public.= (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = public.always)`);
        project.nextExecution();
        project.changelog(createTable("one"), createTable("two"));
        await project.buildEnding(0, "deploy");
        assert.equal((await tagRows()).length, 1);

        await project.query(`
            DROP OPERATOR public.= (varchar, varchar);
            CREATE FUNCTION public.swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
            CREATE TRIGGER swallow BEFORE INSERT ON databasechangelog FOR EACH ROW EXECUTE FUNCTION public.swallow()`);
        project.nextExecution();
        project.changelog(createTable("one"), createTable("two"), createTable("three"));
        const output = await project.buildEnding(2, "deploy");
        assert.match(output, /^AP1109: The tag release-\S+ was set, but the database's history does not have it/m);
        assert.ok(!(await project.tables()).includes("three"));
    });
});
