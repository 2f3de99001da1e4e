import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeTemporary } from "../scripts/local/support";
import { assertDelivered, type Outcome, Scene } from "./localSupport";

const migrations = join(__dirname, "../../examples/flowable-changelog");

describe("local run of a public changelog, in jars that its pom.xml names", () => {
    let scene: Scene;
    let copy: string;
    let lock: string;
    let pins: string;
    let first: Outcome;
    before(async () => {
        scene = new Scene();
        copy = join(scene.local.root, "../unpinned");
        cpSync(migrations, copy, { recursive: true });
        lock = join(copy, "jars.lock.json");
        pins = readFileSync(lock, "utf8");
        rmSync(lock);
        first = await scene.run({ migrations: copy });
    });
    after(removeTemporary);

    it("applies it to an empty database, which is not that of the repository's own changelog", async () => {
        assert.equal(first.exit, 0, first.output);
        const { changesets } = first.lastRun;
        assert(changesets.length >= 10);
        assert(changesets.every(({ author, file }) => author === "flowable" && file.startsWith("org/flowable/")));
        const [server, ...others] = readdirSync(scene.local.postgres);
        assert.match(server!, /^dev-./);
        assert.deepEqual(others, []);
        assert((await scene.tables(server)).includes("act_cmmn_casedef"));
        assert(first.output.includes("Jars of the changelog (Maven) …"));
        const [jars] = readdirSync(scene.local.jars);
        const files = readdirSync(join(scene.local.jars, jars!), { recursive: true, encoding: "utf8" });
        assert.deepEqual(
            files.filter((file) => file.endsWith(".jar")),
            ["org/flowable/flowable-cmmn-engine/7.0.1/flowable-cmmn-engine-7.0.1.jar"],
        );
    });

    it("says when nothing pins the jars", () => {
        assert(
            first.output.includes(
                `The jars of ${join(copy, "pom.xml")} are not pinned: it has no jars.lock.json beside it. To pin them: npm run lock -- ${copy}`,
            ),
            first.output,
        );
    });

    it("refuses other jars than those that are pinned", async () => {
        writeFileSync(lock, pins.replace(/"[0-9a-f]{64}"/, `"${"0".repeat(64)}"`));
        await assert.rejects(scene.run({ migrations: copy }), {
            message:
                /jars\.lock\.json: Maven resolved jars that differ from the pinned ones\. Nothing was built:\n {2}- org\.flowable:flowable-cmmn-engine:7\.0\.1 has the wrong checksum: /,
        });
    });

    it("has nothing to do the second time, with the jars that are pinned", async () => {
        writeFileSync(lock, pins);
        const outcome = await scene.run({ migrations: copy });
        assertDelivered(outcome);
        assert.deepEqual(outcome.lastRun.changesets, []);
        assert.match(
            outcome.output,
            /Nothing pending: dev has every changeset of this source, except 2 that will not run\./,
        );
        assert(!outcome.output.includes("not pinned"));
    });
});
