import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeTemporary } from "../scripts/local/support";
import { assertDelivered, Scene } from "./localSupport";

const migrations = join(__dirname, "../../examples/flowable-changelog");

describe("local run of a public changelog, in jars that its pom.xml names", () => {
    let scene: Scene;
    before(() => {
        scene = new Scene();
    });
    after(removeTemporary);

    it("applies it to an empty database", async () => {
        const outcome = await scene.run({ migrations });
        assert.equal(outcome.exit, 0, outcome.output);
        const { changesets } = outcome.lastRun;
        assert(changesets.length >= 10);
        assert(changesets.every(({ author, file }) => author === "flowable" && file.startsWith("org/flowable/")));
        const [server] = readdirSync(scene.local.postgres);
        assert((await scene.tables(server)).includes("act_cmmn_casedef"));
        assert(outcome.output.includes("Jars of the changelog (Maven) …"));
        const [jars] = readdirSync(scene.local.jars);
        const files = readdirSync(join(scene.local.jars, jars!), { recursive: true, encoding: "utf8" });
        assert.deepEqual(
            files.filter((file) => file.endsWith(".jar")),
            ["org/flowable/flowable-cmmn-engine/7.0.1/flowable-cmmn-engine-7.0.1.jar"],
        );
        assert(!outcome.output.includes("not pinned"));
    });

    it("says when nothing pins the jars, and rejects jars that differ from the pinned ones", async () => {
        const copy = join(scene.local.jars, "../../unpinned");
        cpSync(migrations, copy, { recursive: true });
        const lock = join(copy, "jars.lock.json");
        const pins = readFileSync(lock, "utf8");
        rmSync(lock);
        const unpinned = await scene.run({ migrations: copy });
        assert.equal(unpinned.exit, 0, unpinned.output);
        assert(
            unpinned.output.includes(
                `The jars of ${join(copy, "pom.xml")} are not pinned: it has no jars.lock.json beside it. To pin them: npm run lock -- ${copy}`,
            ),
            unpinned.output,
        );
        writeFileSync(lock, pins.replace(/"[0-9a-f]{64}"/, `"${"0".repeat(64)}"`));
        await assert.rejects(scene.run({ migrations: copy }), {
            message:
                /jars\.lock\.json: Maven resolved jars that differ from the pinned ones\. Nothing was built:\n {2}- org\.flowable:flowable-cmmn-engine:7\.0\.1 has the wrong checksum: /,
        });
        writeFileSync(lock, pins);
        assert.equal((await scene.run({ migrations: copy })).exit, 0);
    });

    it("has nothing to do the second time", async () => {
        const outcome = await scene.run({ migrations });
        assertDelivered(outcome);
    });
});
