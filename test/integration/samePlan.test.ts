import * as assert from "node:assert/strict";
import { machines, ofMachine, parameters, planOn, prepare, writeChangelog } from "../faults/scenarios/samePlan";
import { beforeEachProject, type Project } from "../support/delivery";

// Two plans of 60 changesets, the second on a machine that differs in everything. More changesets on machines that differ
// in one thing each are in test/faults/samePlan.test.ts.

/** All differences at once; where two machines set the same, that of the last. */
const other = {
    ...Object.assign({}, ...Object.values(machines)),
    JAVA_TOOL_OPTIONS: Object.values(machines)
        .map(({ JAVA_TOOL_OPTIONS }) => JAVA_TOOL_OPTIONS)
        .join(" "),
} as Record<string, string>;

describe("the plan of one source", () => {
    let project: Project;
    beforeEachProject(async (fresh) => {
        project = fresh;
        await prepare(project);
    });

    it("is the same on another machine", async () => {
        await planOn(project, { other }, { changesets: 60, seed: Number(process.env.FAULT_SEED ?? "1") });
    });

    it("is deployed by another machine than the one that made it", async () => {
        const keys = [..."dcba"].map((name) => ({
            column: { name, type: "bigint", constraints: { foreignKeyName: `own_${name}`, references: "parent(id)" } },
        }));
        writeChangelog(project, [
            { changes: [{ createTable: { tableName: "three", columns: keys } }] },
            { changes: [{ sqlFile: { path: "more.sql" } }], rollback: [{ delete: { tableName: "two" } }] },
        ]);
        const [maker, deployer] = Object.values(machines);
        await project.buildEnding(0, "plan", { environment: maker });
        const environment = { ...deployer, CODEBUILD_SRC_DIR_Plan: project.approve() };
        await project.buildEnding(0, "deploy", { environment });
        assert.deepEqual(await project.query("SELECT name FROM two ORDER BY id"), [
            { name: parameters.home },
            { name: ofMachine },
        ]);
    });
});
