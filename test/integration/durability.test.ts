import * as assert from "node:assert/strict";
import { beforeEachCopy, type Project } from "../support/delivery";

/** The test's server commits without waiting for its disk; an Aurora cluster's parameters may say the same. */
describe("what a deployment reports as applied", () => {
    let project: Project;
    beforeEachCopy(
        async (original) => {
            // The table of the notes outlives a rollback: it is of an earlier release.
            original.changelog(changesets[0]!);
            await original.buildEnding(0, "deploy");
            original.nextExecution();
            original.changelog(...changesets);
        },
        (copy) => {
            project = copy;
        },
    );

    const note = (id: string, options = "") =>
        `--changeset me:${id} ${options}\nINSERT INTO noted SELECT '${id}', current_setting('synchronous_commit');\n` +
        `--rollback INSERT INTO noted SELECT 'undo ${id}', current_setting('synchronous_commit');`;
    const changesets = [
        "--changeset me:noted\nCREATE TABLE noted (id text, setting text);\n--rollback empty",
        note("inside"),
        note("outside", "runInTransaction:false"),
    ];
    const noted = async () => {
        const rows = await project.query<{ id: string; setting: string }>("SELECT id, setting FROM noted ORDER BY id");
        return rows.map(({ id, setting }) => `${id}: ${setting}`);
    };

    it("is on disk, and so is what a rollback reports as undone", async () => {
        const [{ setting } = { setting: "" }] = await project.query<{ setting: string }>(
            "SELECT current_setting('synchronous_commit') AS setting",
        );
        assert.equal(setting, "off", "this server would not show it");
        const ROLLBACK_TO = project.releaseId;
        await project.buildEnding(0, "deploy");
        project.nextExecution();
        await project.buildEnding(0, "rollback", { environment: { ROLLBACK_TO } });
        assert.deepEqual(await noted(), ["inside: on", "outside: on", "undo inside: on", "undo outside: on"]);
    });

    it("is on disk with everything that the program notes of it: tags, records, the lock, the catalog", async () => {
        const tables = ["aurora_pipeline_deployments", "databasechangelog", "databasechangeloglock"];
        await project.query(`
            CREATE TABLE written (place text, setting text);
            CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
                INSERT INTO public.written VALUES (TG_TABLE_NAME, current_setting('synchronous_commit'));
                RETURN NULL;
            END $$;
            ${tables.map((table) => `CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION note();`).join("\n")}`);

        const wrong = "--changeset me:wrong\nSELECT 1 / 0;\n--rollback empty";
        project.changelog(...changesets, wrong);
        await project.buildEnding(1, "deploy");
        project.nextExecution();
        project.changelog(...changesets);
        await project.buildEnding(0, "deploy");
        assert.deepEqual(
            await project.query(
                "SELECT place, array_agg(DISTINCT setting) AS settings FROM written GROUP BY 1 ORDER BY 1",
            ),
            tables.map((place) => ({ place, settings: ["on"] })),
        );
    });

    it("waits for more than its own disk where the server wants that", async () => {
        await project.query(`ALTER DATABASE ${project.database} SET synchronous_commit = 'remote_apply'`);
        await project.buildEnding(0, "deploy");
        assert.deepEqual(await noted(), ["inside: remote_apply", "outside: remote_apply"]);
    });
});
