import * as assert from "node:assert/strict";
import type { DriftArgs } from "../../../components/codeBuild/drift";
import { MigrationBuild } from "../../../components/migrationBuild";
import type { MigrationBuildArgs } from "../../../components/codeBuild/args";
import type { Statement } from "../../../components/shared/statements";
import { failuresOf } from "../../support/failures";
import { record, type Recording } from "../../support/mocks";
import { statementsOf } from "../../support/policies";
import { credential, database, network } from "../../support/references";
import { archiveForSuite, archiveName } from "../../support/toolchain";

const kmsKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/artifacts";
const key = `toolchain/${archiveName}`;
const drift: DriftArgs = {
    schedule: "cron(0 5 * * ? *)",
    toolchainBucket: "orders-artifacts",
    toolchainKey: key,
    toolchainKmsKeyArn: kmsKeyArn,
};

function policy(recording: Recording<unknown>, name: string): Statement[] {
    const { inputs } = recording.one("aws:iam/rolePolicy:RolePolicy", name);
    return statementsOf(inputs.policy);
}

function statement(recording: Recording<unknown>, name: string, sid: string): Statement {
    const found = policy(recording, name).find(({ Sid }) => Sid === sid);
    assert.ok(found, `${name} has no statement ${sid}`);
    return found;
}

describe("a build that detects drift", () => {
    const toolchain = archiveForSuite();
    const build = (args: Partial<MigrationBuildArgs> = {}) =>
        new MigrationBuild("orders-drift", {
            ...{ action: "Drift", drift, network, database, credential, environmentName: "prod", toolchain },
            ...args,
        });
    const failures = (args: Partial<MigrationBuildArgs>) => failuresOf(() => build(args));

    let recording: Recording<MigrationBuild>;
    before(async () => {
        recording = await record(() => build());
    });

    it("runs the pipeline's toolchain outside the pipeline, and writes a report", () => {
        const { inputs } = recording.one("aws:codebuild/project:Project", "orders-drift");
        const { type, location, buildspec } = inputs.source as Record<string, string>;
        assert.deepEqual([type, location], ["S3", `orders-artifacts/${key}`]);
        assert.deepEqual(inputs.artifacts, { type: "NO_ARTIFACTS" });
        assert.deepEqual(JSON.parse(buildspec!), {
            version: 0.2,
            phases: {
                install: { "runtime-versions": { nodejs: "24" } },
                build: { commands: ["node delivery.cjs drift"] },
            },
            reports: {
                liquibase: {
                    files: ["**/*.xml"],
                    "base-directory": ".delivery/reports",
                    "file-format": "JUNITXML",
                },
            },
        });
    });

    it("is started by a rule that may not start anything else", () => {
        const rule = recording.one("aws:cloudwatch/eventRule:EventRule", "orders-drift-schedule");
        assert.equal(rule.inputs.scheduleExpression, "cron(0 5 * * ? *)");
        const project = recording.one("aws:codebuild/project:Project").outputs.arn as string;
        const target = recording.one("aws:cloudwatch/eventTarget:EventTarget", "orders-drift-schedule").inputs;
        const role = recording.one("aws:iam/role:Role", "orders-drift-schedule");
        assert.deepEqual(
            [target.rule, target.arn, target.roleArn],
            ["orders-drift-schedule", project, role.outputs.arn],
        );
        assert.deepEqual(policy(recording, "orders-drift-schedule"), [
            { Sid: "StartBuild", Effect: "Allow", Action: ["codebuild:StartBuild"], Resource: [project] },
        ]);
        const [trust] = statementsOf(role.inputs.assumeRolePolicy);
        assert.deepEqual(trust?.Principal, { Service: "events.amazonaws.com" });
        assert.deepEqual(trust.Condition, {
            StringEquals: { "aws:SourceAccount": "123456789012" },
            ArnEquals: { "aws:SourceArn": "arn:aws:events:eu-central-1:123456789012:rule/orders-drift-schedule" },
        });
    });

    it("may read the toolchain, and nothing else of the bucket", () => {
        assert.deepEqual(statement(recording, "orders-drift", "ReadToolchain").Resource, [
            `arn:aws:s3:::orders-artifacts/${key}`,
        ]);
        assert.deepEqual(statement(recording, "orders-drift", "DecryptToolchain").Resource, [kmsKeyArn]);
        const actions = policy(recording, "orders-drift").flatMap(({ Action }) => Action);
        assert.deepEqual(actions.filter((action) => action.startsWith("s3:")).sort(), [
            "s3:GetBucketAcl",
            "s3:GetBucketLocation",
            "s3:GetObject",
            "s3:GetObjectVersion",
        ]);
    });

    it("is the only one with a schedule", async () => {
        const plan = await record(() => build({ action: "Plan", drift: undefined }));
        assert.deepEqual(plan.all("aws:cloudwatch/eventRule:EventRule"), []);
        assert.equal(
            (plan.one("aws:codebuild/project:Project").inputs.source as { type: string }).type,
            "CODEPIPELINE",
        );
    });

    it("requires a schedule and a toolchain, which no other build takes", () => {
        assert.deepEqual(failures({ drift: undefined }), [
            "  - AP2101: drift: given nothing. Allowed: the schedule, and the location of the toolchain. " +
                "Give the schedule, and the pipeline's artifactBucketName, toolchainKey and kmsKeyArn.",
        ]);
        assert.match(failures({ action: "Plan" })[0]!, /Allowed: nothing without action "Drift"\./);
        assert.match(
            failures({ tool: "Custom", customCommands: ["./look"] })[0]!,
            /tool: given "Custom"\. Allowed: "Liquibase", with action "Drift"\./,
        );
    });

    for (const schedule of ["daily", "rate(0 days)", "rate(1 week)", "cron(0 5 * * ?)", "cron(0 5 * * ? *", ""]) {
        it(`rejects schedules that EventBridge would reject: ${schedule || "nothing"}`, () => {
            assert.match(failures({ drift: { ...drift, schedule } }).join(), /drift\.schedule: given/);
        });
    }
});
