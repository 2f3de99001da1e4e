import assert from "node:assert/strict";
import { removeTemporary } from "../scripts/local/support";
import { changelog, changeset, Scene } from "./localSupport";

describe("local run: the releases in the database", () => {
    let scene: Scene;
    before(() => {
        scene = new Scene();
    });
    after(removeTemporary);

    it("ends without the command that would undo a release which cannot be undone", async () => {
        scene.commit({
            "migrations/changesets/2.sql": changelog(
                "--changeset tester:row\nINSERT INTO items VALUES (1);",
                changeset("orders", "CREATE TABLE orders (id int)", "DROP TABLE orders"),
            ),
        });
        const { exit, output, lastRun } = await scene.run();
        assert.equal(exit, 0, output);
        assert.deepEqual(
            lastRun.irreversible?.map(({ id }) => id),
            ["row"],
        );
        assert(
            output.includes(
                "This release cannot be undone, because these changesets have no rollback: changesets/2.sql::row::tester",
            ),
            output,
        );
        assert(!output.includes("To undo this release"));
    });

    it("lists them on request, and delivers nothing", async () => {
        const { releaseId } = scene.lastRun();
        scene.commit({
            "migrations/changesets/3.sql": changelog(
                changeset("visits", "CREATE TABLE visits (id int)", "DROP TABLE visits"),
            ),
        });
        const { exit, output } = await scene.run({ releases: true });
        assert.equal(exit, 0, output);
        assert.match(
            output,
            new RegExp(`release +deployed at \\(UTC\\) +changesets\\n.*\\n +${releaseId} +\\d{4}-.* +4$`, "m"),
        );
        assert.deepEqual(await scene.tables(), ["items", "orders", "prices"]);
    });
});
