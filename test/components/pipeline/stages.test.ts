import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { type PipelineShape, pipelineStages, pipelineVariables, plansAgain } from "../../../components/pipeline/stages";
import { nonEmpty } from "../../support/nonEmpty";

// The stages of plain values are plain values: what the tests read, without Pulumi's wrappings.
interface Stage {
    name: string;
    beforeEntry?: { condition: { result: string; rules: Rule[] } };
    actions: Action[];
}
interface Rule {
    name: string;
    ruleTypeId: object;
    configuration: Record<string, string>;
}
interface Action {
    name: string;
    namespace?: string;
    category: string;
    runOrder?: number;
    timeoutInMinutes?: number;
    inputArtifacts?: string[];
    outputArtifacts?: string[];
    configuration: Record<string, string>;
}

const full: PipelineShape = {
    source: { provider: "GitHub", repository: "acme/orders" },
    connectionArn: "arn:aws:codeconnections:eu-central-1:123456789012:connection/1",
    toolchain: { bucket: "artifacts", key: "toolchain/toolchain-1.zip" },
    projects: {
        bootstrap: "orders-bootstrap",
        plan: "orders-plan",
        rollbackPlan: "orders-rollback-plan",
        deployPlan: "orders-deploy-plan",
        deploy: "orders-deploy",
        rollback: "orders-rollback",
    },
    approval: { topicArn: "arn:aws:sns:eu-central-1:123456789012:approval", timeoutMinutes: 60 },
    records: { bucket: "artifacts", pipelineName: "orders" },
};

function stagesOf(shape: PipelineShape): Stage[] {
    return pipelineStages(shape) as Stage[];
}

function stage(name: string, shape: PipelineShape = full): Stage {
    const found = stagesOf(shape).find((candidate) => candidate.name === name);
    assert.ok(found, `no stage ${name}`);
    return found;
}

/** A stage's conditions, as text. */
function conditions({ beforeEntry }: Stage): string[] | undefined {
    return beforeEntry?.condition.rules.map(
        ({ configuration }) => `${configuration.Variable} ${configuration.Operator} ${configuration.Value}`,
    );
}

/** Names of a stage's actions, those of one number side by side. */
function order({ actions }: Stage): string[] {
    const numbers = [...new Set(actions.map(({ runOrder = 1 }) => runOrder))].sort((one, other) => one - other);
    return numbers.map((number) =>
        actions
            .filter(({ runOrder = 1 }) => runOrder === number)
            .map(({ name }) => name)
            .join(" beside "),
    );
}

/** The pipeline's way in one line. */
function layout(shape: PipelineShape): string[] {
    return stagesOf(shape).map((each) => `${each.name}: ${order(each).join(", ")}`);
}

function action(stageName: string, name: string, shape: PipelineShape = full): Action {
    const found = stage(stageName, shape).actions.find((candidate) => candidate.name === name);
    assert.ok(found, `no action ${name} in ${stageName}`);
    return found;
}

/** What a build gets beside the variables that every build gets. */
function ownVariables(stageName: string, name: string, shape?: PipelineShape): Record<string, string> {
    const list = JSON.parse(action(stageName, name, shape).configuration.EnvironmentVariables!) as {
        name: string;
        value: string;
    }[];
    return Object.fromEntries(list.slice(3).map(({ name: variable, value }) => [variable, value]));
}

const shapes: fc.Arbitrary<PipelineShape> = fc
    .record({
        provider: fc.constantFrom("GitHub" as const, "CodeCommit" as const, "S3" as const),
        bootstrap: fc.boolean(),
        plan: fc.boolean(),
        rehearse: fc.boolean(),
        approval: fc.boolean(),
        rollback: fc.boolean(),
    })
    .map(({ provider, bootstrap, plan, rehearse, approval, rollback }) => ({
        ...full,
        source: { provider, repository: "acme/orders", bucket: "changes", objectKey: "orders.zip" },
        projects: {
            deploy: "d",
            ...(bootstrap && { bootstrap: "b" }),
            ...(plan && { plan: "p" }),
            ...plansOf({ plan, rollback, approval, rehearse }),
            ...(plan && rehearse && { rehearse: "h" }),
            ...(rollback && { rollback: "r" }),
        },
        approval: approval ? full.approval : undefined,
    }));

/** The projects of the plans that such a pipeline makes again. */
function plansOf(
    has: Parameters<typeof plansAgain>[0],
): Pick<PipelineShape["projects"], "rollbackPlan" | "deployPlan"> {
    const { rollbackPlan, deployPlan } = plansAgain(has);
    return { ...(rollbackPlan && { rollbackPlan: "rp" }), ...(deployPlan && { deployPlan: "dp" }) };
}

describe("pipelineStages", () => {
    describe("are laid out", () => {
        const { bootstrap, plan, deployPlan, deploy, rollback } = full.projects;
        const rehearse = "orders-rehearse";
        const without = { approval: undefined };
        const cases: [string, PipelineShape, string[]][] = [
            [
                "with an approval: what is approved is planned in the stage that asks",
                full,
                ["Plan: Bootstrap beside Plan", "Rollback: Plan, Approve, Rollback", "Deploy: Plan, Approve, Deploy"],
            ],
            [
                "without one: a push is two builds, one after the other",
                { ...full, ...without, projects: { bootstrap, plan, deploy, rollback } },
                ["Plan: Bootstrap beside Plan", "Rollback: Rollback", "Deploy: Deploy"],
            ],
            [
                "with a rehearsal, which a rollback is not held up by",
                { ...full, projects: { ...full.projects, rehearse } },
                [
                    "Plan: Bootstrap beside Plan",
                    "Rollback: Plan, Approve, Rollback",
                    "Deploy: Plan, Rehearse, Approve, Deploy",
                ],
            ],
            [
                "with a rehearsal that nobody approves: what was rehearsed is what is deployed",
                { ...full, ...without, projects: { plan, deployPlan, deploy, rehearse } },
                ["Plan: Plan", "Deploy: Plan, Rehearse, Deploy"],
            ],
            [
                "without a plan",
                { ...full, projects: { bootstrap, deploy, rollback } },
                ["Bootstrap: Bootstrap", "Rollback: Approve, Rollback", "Deploy: Approve, Deploy"],
            ],
            [
                "as Source and Deploy when nothing else is wanted",
                { ...full, ...without, projects: { deploy } },
                ["Deploy: Deploy"],
            ],
        ];
        for (const [what, shape, expected] of cases) {
            it(what, () => assert.deepEqual(layout(shape), ["Source: Source beside Toolchain", ...expected]));
        }
    });

    it("take the toolchain as a second source, without polling", () => {
        assert.deepEqual(stage("Source").actions[1], {
            name: "Toolchain",
            category: "Source",
            owner: "AWS",
            provider: "S3",
            version: "1",
            outputArtifacts: ["Toolchain"],
            configuration: {
                S3Bucket: "artifacts",
                S3ObjectKey: "toolchain/toolchain-1.zip",
                PollForSourceChanges: "false",
            },
        });
    });

    describe("in the stage Plan", () => {
        it("bootstrap in every run, with the toolchain, and keep nothing of it", () => {
            assert.equal(conditions(stage("Plan")), undefined);
            const bootstrap = action("Plan", "Bootstrap");
            assert.equal(bootstrap.configuration.ProjectName, "orders-bootstrap");
            assert.deepEqual(bootstrap.inputArtifacts, ["Source", "Toolchain"]);
            assert.equal("outputArtifacts" in bootstrap, false);
            assert.deepEqual(ownVariables("Plan", "Bootstrap"), {});
        });

        it("plan under a namespace", () => {
            const shape = { ...full, projects: { ...full.projects, bootstrap: undefined } };
            assert.deepEqual(action("Plan", "Plan", shape), {
                name: "Plan",
                category: "Build",
                owner: "AWS",
                provider: "CodeBuild",
                version: "1",
                namespace: "PlanVariables",
                inputArtifacts: ["Source", "Toolchain"],
                outputArtifacts: ["Plan"],
                configuration: {
                    ProjectName: "orders-plan",
                    PrimarySource: "Source",
                    EnvironmentVariables: JSON.stringify([
                        {
                            name: "PIPELINE_EXECUTION_ID",
                            value: "#{codepipeline.PipelineExecutionId}",
                            type: "PLAINTEXT",
                        },
                        { name: "SOURCE_REVISION", value: "#{SourceVariables.CommitId}", type: "PLAINTEXT" },
                        { name: "ROLLBACK_TO", value: "#{variables.ROLLBACK_TO}", type: "PLAINTEXT" },
                    ]),
                },
            });
        });

        it("let only the plan parallel to a bootstrap wait for it", () => {
            assert.deepEqual(ownVariables("Plan", "Plan"), { BOOTSTRAP_WAIT_SECONDS: "600" });
            assert.deepEqual(ownVariables("Deploy", "Plan"), {});
            assert.deepEqual(ownVariables("Rollback", "Plan"), {});
        });
    });

    it("tell the builds that change the database where its record goes and, with an approval, where to ask for the approver", () => {
        for (const name of ["Deploy", "Rollback"]) {
            const record = { RECORD_BUCKET: "artifacts" };
            assert.deepEqual(ownVariables(name, name), { ...record, APPROVAL_PIPELINE: "orders" });
            assert.deepEqual(ownVariables(name, name, { ...full, approval: undefined }), record);
        }
    });

    describe("enter", () => {
        const notRollingBack = "#{variables.ROLLBACK_TO} EQ none";

        it("enter Deploy with an approval only if something is pending", () => {
            assert.deepEqual(conditions(stage("Deploy")), [notRollingBack, "#{PlanVariables.PLANNED_CHANGES} NE 0"]);
        });

        it("enter Deploy without an approval in any case: an earlier execution may have left something to do", () => {
            assert.deepEqual(conditions(stage("Deploy", { ...full, approval: undefined })), [notRollingBack]);
        });

        it("enter Deploy without a plan in any case: a person decides every time", () => {
            assert.deepEqual(conditions(stage("Deploy", { ...full, projects: { deploy: "d" } })), [notRollingBack]);
        });

        it("Rollback only to roll back", () => {
            assert.deepEqual(conditions(stage("Rollback")), ["#{variables.ROLLBACK_TO} NE none"]);
        });
    });

    describe("ask for approval", () => {
        it("with the facts that the approver of a release needs", () => {
            assert.deepEqual(action("Deploy", "Approve"), {
                name: "Approve",
                category: "Approval",
                owner: "AWS",
                provider: "Manual",
                version: "1",
                runOrder: 2,
                timeoutInMinutes: 60,
                configuration: {
                    NotificationArn: "arn:aws:sns:eu-central-1:123456789012:approval",
                    CustomData:
                        "Release #{DeployPlanVariables.RELEASE_ID}: #{DeployPlanVariables.PLANNED_CHANGES} changeset(s) will run. " +
                        "Lint: #{DeployPlanVariables.LINT_ERRORS} error(s), #{DeployPlanVariables.LINT_WARNINGS} warning(s), #{DeployPlanVariables.LINT_WAIVED} waived; lowered or waived by the repository: #{DeployPlanVariables.LINT_LOWERED}; " +
                        "objects changed by hand: #{DeployPlanVariables.DRIFTED_OBJECTS}. " +
                        "Digest (the build runs nothing else): #{DeployPlanVariables.PLAN_DIGEST}. " +
                        'Read plan.html in the output artifact "DeployPlan" (ZIP) of the action Plan in the stage Deploy, or the log of its build.',
                },
            });
        });

        it("and of a rollback", () => {
            assert.equal(
                action("Rollback", "Approve").configuration.CustomData,
                "Rollback of #{variables.ROLLBACK_TO} and everything after it: #{RollbackPlanVariables.PLANNED_CHANGES} changeset(s) will be undone; " +
                    "the database will be as it was before #{variables.ROLLBACK_TO}. " +
                    "Also objects changed by hand: #{RollbackPlanVariables.DRIFTED_OBJECTS}. " +
                    "Digest (the build runs nothing else): #{RollbackPlanVariables.PLAN_DIGEST}. " +
                    'Read plan.html in the output artifact "RollbackPlan" (ZIP) of the action Plan in the stage Rollback, or the log of its build.',
            );
        });

        it("with the results of a rehearsal", () => {
            const rehearsed = { ...full, projects: { ...full.projects, rehearse: "orders-rehearse" } };
            const text = action("Deploy", "Approve", rehearsed).configuration.CustomData!;
            assert.match(
                text,
                /Rehearsal on a copy: #\{RehearsalVariables\.REHEARSAL\}; longest ACCESS EXCLUSIVE lock: #\{RehearsalVariables\.LONGEST_LOCK_MILLISECONDS\} ms; rollback: #\{RehearsalVariables\.ROLLBACK_VERDICT\}/,
            );
            assert.match(text, /artifact "Rehearsal" \(ZIP\) of the action Rehearse in the stage Deploy/);
            assert.doesNotMatch(action("Rollback", "Approve", rehearsed).configuration.CustomData!, /Rehears/);
        });

        it("where there is no plan", () => {
            const shape = { ...full, projects: { deploy: "orders-deploy", rollback: "orders-rollback" } };
            assert.equal(
                action("Deploy", "Approve", shape).configuration.CustomData,
                "This pipeline has no plan: review the changesets of this revision before you approve.",
            );
            assert.equal(
                action("Rollback", "Approve", shape).configuration.CustomData,
                "Rollback of #{variables.ROLLBACK_TO} and everything after it. This pipeline has no plan: review what these releases changed before you approve.",
            );
        });
    });

    it("give each build the plan that it must keep to, and keep what it leaves", () => {
        const rehearsed = { ...full, projects: { ...full.projects, rehearse: "orders-rehearse" } };
        const artifacts = (stageName: string, name: string, shape: PipelineShape) => {
            const { inputArtifacts, outputArtifacts } = action(stageName, name, shape);
            return `${inputArtifacts!.slice(2).join()} -> ${outputArtifacts!.join()}`;
        };
        const { plan, deploy, rollback } = full.projects;
        const free = { ...full, approval: undefined, projects: { plan, deploy, rollback } };
        assert.equal(artifacts("Deploy", "Plan", rehearsed), " -> DeployPlan");
        assert.equal(artifacts("Deploy", "Rehearse", rehearsed), "DeployPlan -> Rehearsal");
        assert.equal(artifacts("Deploy", "Deploy", rehearsed), "DeployPlan -> Deployment");
        assert.equal(artifacts("Rollback", "Rollback", rehearsed), "RollbackPlan -> Rollback");
        assert.equal(artifacts("Deploy", "Deploy", free), "Plan -> Deployment");
        assert.equal(artifacts("Rollback", "Rollback", free), "Plan -> Rollback");
    });

    it("have an optional variable", () => {
        assert.deepEqual(
            pipelineVariables.map(({ name, defaultValue }) => [name, defaultValue]),
            [["ROLLBACK_TO", "none"]],
        );
    });

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
