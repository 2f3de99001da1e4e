import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { type PipelineShape, pipelineStages, pipelineVariables } from "../../../components/pipeline/stages";

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
    timeoutInMinutes?: number;
    inputArtifacts?: string[];
    outputArtifacts?: string[];
    configuration: Record<string, string>;
}

const full: PipelineShape = {
    source: { provider: "GitHub", repository: "acme/orders" },
    connectionArn: "arn:aws:codeconnections:eu-central-1:123456789012:connection/1",
    toolchain: { bucket: "artifacts", key: "toolchain/toolchain-1.zip" },
    projects: { plan: "orders-plan", deploy: "orders-deploy", rollback: "orders-rollback" },
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
            ...(plan && rehearse && { rehearse: "h" }),
            ...(rollback && { rollback: "r" }),
        },
        approval: approval ? full.approval : undefined,
    }));

describe("pipelineStages", () => {
    describe("with a bootstrap", () => {
        const started: PipelineShape = { ...full, projects: { ...full.projects, bootstrap: "orders-bootstrap" } };

        it("have it before all that logs in to the database", () => {
            assert.deepEqual(
                stagesOf(started).map(({ name }) => name),
                ["Source", "Bootstrap", "Plan", "Approve", "Deploy", "Rollback"],
            );
        });

        it("enter it in every run, give it the toolchain, and keep nothing of it", () => {
            const { beforeEntry, actions } = stage("Bootstrap", started);
            assert.equal(beforeEntry, undefined);
            assert.equal(actions[0]!.configuration.ProjectName, "orders-bootstrap");
            assert.deepEqual(actions[0]!.inputArtifacts, ["Source", "Toolchain"]);
            assert.equal("outputArtifacts" in actions[0]!, false);
        });

        it("change nothing else by it", () => {
            const others = stagesOf(started).filter(({ name }) => name !== "Bootstrap");
            assert.deepEqual(others, stagesOf(full));
        });
    });

    describe("with a rehearsal", () => {
        const rehearsed: PipelineShape = { ...full, projects: { ...full.projects, rehearse: "orders-rehearse" } };

        it("have it between Plan and Approve", () => {
            assert.deepEqual(
                stagesOf(rehearsed).map(({ name }) => name),
                ["Source", "Plan", "Rehearse", "Approve", "Deploy", "Rollback"],
            );
        });

        it("give it the plan, keep what it finds out, and enter it whenever something is planned", () => {
            const rehearse = stage("Rehearse", rehearsed);
            const [action] = rehearse.actions;
            assert.deepEqual(conditions(rehearse), ["#{PlanVariables.PLANNED_CHANGES} NE 0"]);
            assert.equal(action!.configuration.ProjectName, "orders-rehearse");
            assert.deepEqual(action!.inputArtifacts, ["Source", "Toolchain", "Plan"]);
            assert.deepEqual(action!.outputArtifacts, ["Rehearsal"]);
            assert.equal(action!.namespace, "RehearsalVariables");
        });

        it("tell the approver what it found out", () => {
            const text = stage("Approve", rehearsed).actions[0]!.configuration.CustomData!;
            assert.match(
                text,
                /Rehearsal on a copy: #\{RehearsalVariables\.REHEARSAL\}; longest ACCESS EXCLUSIVE lock: #\{RehearsalVariables\.LONGEST_LOCK_MILLISECONDS\} ms; rollback: #\{RehearsalVariables\.ROLLBACK_VERDICT\}/,
            );
            assert.doesNotMatch(stage("Approve").actions[0]!.configuration.CustomData!, /Rehearsal/);
        });

        it("name no variable of a stage that was skipped: CodePipeline fails an action that does", () => {
            fc.assert(
                fc.property(shapes, (shape) => {
                    const stages = stagesOf(shape);
                    for (const [index, later] of stages.entries()) {
                        for (const [, namespace] of JSON.stringify(later.actions).matchAll(/#\{(\w+Variables)\./g)) {
                            const source = stages
                                .slice(0, index)
                                .find(({ actions }) => actions.some((action) => action.namespace === namespace));
                            assert.ok(source, `${later.name} reads ${namespace}, which no stage before writes`);
                            const needed = conditions(source) ?? [];
                            assert.deepEqual(
                                needed.filter((condition) => !conditions(later)?.includes(condition)),
                                [],
                            );
                        }
                    }
                }),
            );
        });
    });

    it("are Source, Plan, Approve, Deploy, Rollback", () => {
        assert.deepEqual(
            stagesOf(full).map(({ name }) => name),
            ["Source", "Plan", "Approve", "Deploy", "Rollback"],
        );
    });

    it("are Source and Deploy when nothing else is wanted", () => {
        const shape = { ...full, projects: { deploy: "orders-deploy" }, approval: undefined };
        assert.deepEqual(
            stagesOf(shape).map(({ name }) => name),
            ["Source", "Deploy"],
        );
        assert.deepEqual(conditions(stage("Deploy", shape)), ["#{variables.ROLLBACK_TO} EQ none"]);
        assert.deepEqual(stage("Deploy", shape).actions[0]?.inputArtifacts, ["Source", "Toolchain"]);
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

    it("plan without a condition, under a namespace", () => {
        const plan = stage("Plan");
        assert.equal(conditions(plan), undefined);
        assert.deepEqual(plan.actions, [
            {
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
            },
        ]);
    });

    it("tell what changes the database where its record goes and, with an approval, who knows of it", () => {
        const variablesOf = (name: string, shape?: PipelineShape) => {
            const [action] = stage(name, shape).actions;
            const list = JSON.parse(action!.configuration.EnvironmentVariables!) as { name: string; value: string }[];
            return Object.fromEntries(list.slice(3).map(({ name: variable, value }) => [variable, value]));
        };
        for (const name of ["Deploy", "Rollback"]) {
            assert.deepEqual(variablesOf(name), { RECORD_BUCKET: "artifacts", APPROVAL_PIPELINE: "orders" });
            assert.deepEqual(variablesOf(name, { ...full, approval: undefined }), { RECORD_BUCKET: "artifacts" });
        }
        assert.deepEqual(variablesOf("Plan"), {});
    });

    it("ask for approval if something is planned, with what the approver must know", () => {
        const approve = stage("Approve");
        assert.deepEqual(conditions(approve), ["#{PlanVariables.PLANNED_CHANGES} NE 0"]);
        assert.deepEqual(approve.actions, [
            {
                name: "Approve",
                category: "Approval",
                owner: "AWS",
                provider: "Manual",
                version: "1",
                timeoutInMinutes: 60,
                configuration: {
                    NotificationArn: "arn:aws:sns:eu-central-1:123456789012:approval",
                    CustomData:
                        "Release #{PlanVariables.RELEASE_ID}: #{PlanVariables.PLANNED_CHANGES} changeset(s) will run, " +
                        "#{PlanVariables.PENDING_CHANGESETS} are pending. " +
                        'Rollback to: #{variables.ROLLBACK_TO} ("none" deploys). ' +
                        "Lint findings: #{PlanVariables.LINT_FINDINGS}; lowered or waived by the repository: #{PlanVariables.LINT_LOWERED}; " +
                        "objects changed by hand: #{PlanVariables.DRIFTED_OBJECTS}. " +
                        "Digest (the build runs nothing else): #{PlanVariables.PLAN_DIGEST}. " +
                        'Read plan.html in the output artifact "Plan" (ZIP) of the stage Plan, or the log of its build.',
                },
            },
        ]);
    });

    it("ask for approval every time where there is no plan", () => {
        const approve = stage("Approve", { ...full, projects: { deploy: "orders-deploy" } });
        assert.equal(conditions(approve), undefined);
        assert.equal(
            approve.actions[0]?.configuration.CustomData,
            "This pipeline has no plan: review the changesets of this revision before you approve. " +
                'Rollback to: #{variables.ROLLBACK_TO} ("none" deploys).',
        );
    });

    it("deploy what is planned, unless a rollback was asked for", () => {
        const deploy = stage("Deploy");
        assert.deepEqual(conditions(deploy), [
            "#{variables.ROLLBACK_TO} EQ none",
            "#{PlanVariables.PLANNED_CHANGES} NE 0",
        ]);
        assert.deepEqual(deploy.actions[0]?.inputArtifacts, ["Source", "Toolchain", "Plan"]);
        assert.deepEqual(deploy.actions[0]?.outputArtifacts, ["Deployment"]);
    });

    it("roll back what is planned, if it was asked for", () => {
        const rollback = stage("Rollback");
        assert.deepEqual(conditions(rollback), [
            "#{variables.ROLLBACK_TO} NE none",
            "#{PlanVariables.PLANNED_CHANGES} NE 0",
        ]);
        assert.deepEqual(rollback.actions[0]?.inputArtifacts, ["Source", "Toolchain", "Plan"]);
        assert.deepEqual(rollback.actions[0]?.outputArtifacts, ["Rollback"]);
    });

    it("have a variable that no one has to give", () => {
        assert.deepEqual(
            pipelineVariables.map(({ name, defaultValue }) => [name, defaultValue]),
            [["ROLLBACK_TO", "none"]],
        );
    });

    describe("of any shape", () => {
        it("use only artifacts of earlier stages, and never one name twice", () => {
            fc.assert(
                fc.property(shapes, (shape) => {
                    const made = new Set<string>();
                    for (const { actions } of stagesOf(shape)) {
                        for (const { name, inputArtifacts = [] } of actions) {
                            assert.deepEqual(
                                inputArtifacts.filter((input) => !made.has(input)),
                                [],
                                name,
                            );
                        }
                        for (const output of actions.flatMap(({ outputArtifacts = [] }) => outputArtifacts)) {
                            assert.ok(!made.has(output), output);
                            made.add(output);
                        }
                    }
                }),
            );
        });

        it("use only variables of earlier stages", () => {
            fc.assert(
                fc.property(shapes, (shape) => {
                    const known = new Set(["codepipeline", "variables"]);
                    for (const current of stagesOf(shape)) {
                        for (const [, namespace] of JSON.stringify(current).matchAll(/#\{(\w+)\./g)) {
                            assert.ok(known.has(namespace!), `${namespace} in ${current.name}`);
                        }
                        current.actions.forEach(({ namespace }) => namespace && known.add(namespace));
                    }
                }),
            );
        });

        it("skip, and never fail, on conditions that CodePipeline can skip on", () => {
            fc.assert(
                fc.property(shapes, (shape) => {
                    for (const { beforeEntry } of stagesOf(shape)) {
                        assert.ok(beforeEntry === undefined || beforeEntry.condition.result === "SKIP");
                        for (const { ruleTypeId } of beforeEntry?.condition.rules ?? []) {
                            const type = { category: "Rule", owner: "AWS", provider: "VariableCheck", version: "1" };
                            assert.deepEqual(ruleTypeId, type);
                        }
                    }
                }),
            );
        });

        it("change a database only after an approval, where there is one", () => {
            fc.assert(
                fc.property(shapes, (shape) => {
                    const stages = stagesOf(shape);
                    const approve = stages.findIndex(({ name }) => name === "Approve");
                    if (approve < 0) {
                        return;
                    }
                    // What lets the approval be skipped must let every later stage be skipped as well.
                    const skipped = conditions(stages[approve]!) ?? [];
                    for (const later of stages.slice(approve + 1)) {
                        assert.deepEqual(
                            skipped.filter((condition) => !conditions(later)?.includes(condition)),
                            [],
                        );
                    }
                    const changing = stages.slice(0, approve).flatMap(({ actions }) => actions.map(({ name }) => name));
                    assert.deepEqual(
                        changing.filter((name) => name === "Deploy" || name === "Rollback"),
                        [],
                    );
                }),
            );
        });

        it("fit into AWS's limits: 1,000 characters for the approver", () => {
            fc.assert(
                fc.property(shapes, (shape) => {
                    for (const { configuration } of stagesOf(shape).flatMap(({ actions }) => actions)) {
                        // A digest has 64 characters and a tag no more; a release id has 24, numbers and verdicts fewer.
                        const longest =
                            configuration.CustomData?.replace(/#\{([^}]+)\}/g, (_, variable: string) =>
                                "x".repeat(/DIGEST|ROLLBACK_TO/.test(variable) ? 64 : 24),
                            ) ?? "";
                        assert.ok(longest.length <= 1000, `${longest.length}`);
                    }
                }),
            );
        });
    });
});
