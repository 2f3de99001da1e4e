import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { type PipelineShape } from "../../../components/pipeline/stages";
import { nonEmpty } from "../../support/nonEmpty";
import { type Stage, type Action, stagesOf, conditions, order, shapes } from "./stagesSupport";

describe("pipelineStages", () => {
    describe("of any shape", () => {
        /** Actions that have surely run, and succeeded, before an action of the stage. */
        function before(shape: PipelineShape, stageName: string, { runOrder = 1 }: Action): Action[] {
            const stages = stagesOf(shape);
            const index = stages.findIndex(({ name }) => name === stageName);
            return [
                ...stages.slice(0, index).flatMap((earlier) => (conditions(earlier) ? [] : earlier.actions)),
                ...stages[index]!.actions.filter((other) => (other.runOrder ?? 1) < runOrder),
            ];
        }

        const everyAction = (check: (action: Action, stage: Stage, shape: PipelineShape) => void) =>
            fc.assert(
                fc.property(shapes, (shape) =>
                    stagesOf(shape).forEach((each) => each.actions.forEach((one) => check(one, each, shape))),
                ),
            );

        it("use only artifacts and variables of actions that have run: CodePipeline fails an action that names others", () => {
            everyAction((one, { name, beforeEntry }, shape) => {
                const ran = before(shape, name, one);
                const made = ran.flatMap(({ outputArtifacts = [] }) => outputArtifacts);
                assert.deepEqual(
                    (one.inputArtifacts ?? []).filter((input) => !made.includes(input)),
                    [],
                );
                const known = ["codepipeline", "variables", ...ran.flatMap(({ namespace }) => namespace ?? [])];
                const used = [...JSON.stringify([one, beforeEntry]).matchAll(/#\{(\w+)\./g)].map(([, space]) => space!);
                assert.deepEqual(
                    used.filter((space) => !known.includes(space)),
                    [],
                    `${name}/${one.name}`,
                );
            });
        });

        it("give each artifact a unique name, also in the 10 characters that CodePipeline keeps", () => {
            fc.assert(
                fc.property(shapes, (shape) => {
                    const outputs = stagesOf(shape).flatMap(({ actions }) =>
                        actions.flatMap(({ outputArtifacts = [] }) => outputArtifacts),
                    );
                    assert.equal(new Set(outputs.map((name) => name.slice(0, 10))).size, outputs.length);
                }),
            );
        });

        it("start each project once, so that its role needs no more than the artifact of one action", () => {
            fc.assert(
                fc.property(shapes, (shape) => {
                    const builds = stagesOf(shape)
                        .flatMap(({ actions }) => actions)
                        .filter(({ category }) => category === "Build");
                    const projects = builds.map(({ configuration }) => configuration.ProjectName);
                    assert.deepEqual(projects, [...new Set(projects)]);
                    for (const { name, outputArtifacts = [] } of nonEmpty(builds)) {
                        assert.equal(outputArtifacts.length, name === "Bootstrap" ? 0 : 1, name);
                    }
                    assert.deepEqual(projects.sort(), Object.values(shape.projects).sort(), "each project is started");
                }),
            );
        });

        it("skip, and never fail, on conditions that CodePipeline can skip on", () => {
            fc.assert(
                fc.property(shapes, (shape) => {
                    for (const { beforeEntry } of nonEmpty(stagesOf(shape))) {
                        assert.ok(beforeEntry === undefined || beforeEntry.condition.result === "SKIP");
                        for (const { ruleTypeId } of beforeEntry?.condition.rules ?? []) {
                            const type = { category: "Rule", owner: "AWS", provider: "VariableCheck", version: "1" };
                            assert.deepEqual(ruleTypeId, type);
                        }
                    }
                }),
            );
        });

        it("change a database only after the approval in the same stage, of the plan made in it before", () => {
            everyAction((one, { name, actions }, shape) => {
                if (!["Deploy", "Rollback"].includes(one.name) || shape.approval === undefined) {
                    return;
                }
                const earlier = actions.slice(0, actions.indexOf(one)).map((other) => other.name);
                const planned = shape.projects.plan === undefined ? [] : ["Plan"];
                const rehearsed = one.name === "Deploy" && shape.projects.rehearse ? ["Rehearse"] : [];
                assert.deepEqual(earlier, [...planned, ...rehearsed, "Approve"], name);
                assert.deepEqual(order({ name, actions }), [...earlier, one.name]);
            });
        });

        it("do not block a rollback on a pending approval of a release", () => {
            fc.assert(
                fc.property(shapes, (shape) => {
                    const stages = stagesOf(shape);
                    const rollback = stages.findIndex(({ name }) => name === "Rollback");
                    const earlier = stages.slice(0, Math.max(rollback, 0)).flatMap(({ actions }) => actions);
                    assert.deepEqual(
                        earlier.filter(({ category }) => category === "Approval"),
                        [],
                    );
                }),
            );
        });

        it("run at most two consecutive builds without approval and rehearsal", () => {
            fc.assert(
                fc.property(shapes, (shape) => {
                    fc.pre(shape.approval === undefined && shape.projects.rehearse === undefined);
                    const builds = stagesOf(shape)
                        .filter(({ name }) => name !== "Rollback")
                        .map((each) => ({
                            ...each,
                            actions: each.actions.filter(({ category }) => category === "Build"),
                        }))
                        .flatMap(order);
                    assert.ok(builds.length <= 2, builds.join());
                }),
            );
        });

        it("stay within AWS's limits: 1,000 characters for the approver", () => {
            everyAction(({ configuration }) => {
                // A digest has 64 characters and a tag no more; a release id has 24, numbers and verdicts fewer.
                const longest =
                    configuration.CustomData?.replace(/#\{([^}]+)\}/g, (_, variable: string) =>
                        "x".repeat(/DIGEST|ROLLBACK_TO/.test(variable) ? 64 : 24),
                    ) ?? "";
                assert.ok(longest.length <= 1000, `${longest.length}`);
            });
        });
    });
});
