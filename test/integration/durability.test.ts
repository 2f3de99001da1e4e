import * as assert from "node:assert/strict";
import { Delivery, type Project } from "../support/delivery";

/** The test's server commits without waiting for its disk; an Aurora cluster's parameters may say the same. */
describe("what a deployment reports as applied", () => {
    let delivery: Delivery;
    before(async () => {
        delivery = await Delivery.start();
    });
    after(() => delivery?.dispose());

    const note = (id: string, options = "") =>
        `--changeset me:${id} ${options}\nINSERT INTO noted SELECT '${id}', current_setting('synchronous_commit');\n` +
        `--rollback INSERT INTO noted SELECT 'undo ${id}', current_setting('synchronous_commit');`;
    const changesets = [
        "--changeset me:noted\nCREATE TABLE noted (id text, setting text);\n--rollback empty",
        note("inside"),
        note("outside", "runInTransaction:false"),
    ];
    const noted = async (project: Project) => {
        const rows = await project.query<{ id: string; setting: string }>("SELECT id, setting FROM noted ORDER BY id");
        return rows.map(({ id, setting }) => `${id}: ${setting}`);
    };

    it("is on disk, and so is what a rollback reports as undone", async () => {
        const project = await delivery.project();
        const [{ setting } = { setting: "" }] = await project.query<{ setting: string }>(
            "SELECT current_setting('synchronous_commit') AS setting",
        );
        assert.equal(setting, "off", "this server would not show it");
        project.changelog(...changesets);
        const ROLLBACK_TO = project.releaseId;
        await project.buildEnding(0, "deploy");
        project.nextExecution();
        await project.buildEnding(0, "rollback", { environment: { ROLLBACK_TO } });
        assert.deepEqual(await noted(project), ["inside: on", "outside: on", "undo inside: on", "undo outside: on"]);
    });

    it("waits for more than its own disk where the server wants that", async () => {
        const project = await delivery.project();
        await project.query(`ALTER DATABASE ${project.database} SET synchronous_commit = 'remote_apply'`);
        project.changelog(...changesets);
        await project.buildEnding(0, "deploy");
        assert.deepEqual(await noted(project), ["inside: remote_apply", "outside: remote_apply"]);
    });
});
