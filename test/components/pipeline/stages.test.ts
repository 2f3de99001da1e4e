import * as assert from "node:assert/strict";
import { type PipelineShape, pipelineVariables } from "../../../components/pipeline/stages";
import { full, stage, conditions, layout, action, ownVariables } from "./stagesSupport";

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
                "with an approval by risk: what needs none has its own stage",
                { ...full, approvalByRisk: true },
                [
                    "Plan: Bootstrap beside Plan",
                    "Rollback: Plan, Approve, Rollback",
                    "Deploy: Plan, Approve, Deploy",
                    "Unattended: Deploy",
                ],
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
                "Rollback of #{variables.ROLLBACK_TO} and everything after it: #{RollbackPlanVariables.PLANNED_CHANGES} changeset(s) will be undone, " +
                    "then the catalog is compared with the one before #{variables.ROLLBACK_TO}. " +
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
});
