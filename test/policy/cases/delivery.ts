import { buildSpec } from "../../../components/codeBuild/buildSpec";
import { Types } from "../../../policy/rules/types";
import { type Cases, make } from "../support";

// CodeBuild and CodePipeline.

const project = (inputs: object, name = "it") => make(Types.project, inputs, { name });
const planning = { source: { buildspec: buildSpec({ action: "plan", choosesRuntimes: true }) } };
const deploying = { source: { buildspec: buildSpec({ action: "deploy", choosesRuntimes: true }) } };
const variable = (name: string, type?: string) => [
    project({ environment: { environmentVariables: [{ name, type, value: "value" }] } }),
];
const loggingTo = (groupName: string, name?: string) =>
    project({ logsConfig: { cloudwatchLogs: { groupName } } }, name);
const logGroup = make(Types.logGroup, { name: "/aws/codebuild/it" }, { name: "log" });
const pipeline = (inputs: object) => [make(Types.pipeline, inputs)];
const approval = (runOrder?: number) => ({ name: "Approve", category: "Approval", provider: "Manual", runOrder });
const build = (name: string, runOrder?: number) => ({ name, category: "Build", provider: "CodeBuild", runOrder });
const stages = (...stages: [string, ...object[]][]) => ({
    stages: stages.map(([name, ...actions]) => ({ name, actions })),
});

export const deliveryCases: Cases = {
    "codebuild-source-without-credentials": {
        passes: [[project({ source: { location: "https://github.com/a/b" } })], [project({})]],
        fails: [
            {
                given: [project({ source: { location: "https://me:password@github.com/a/b" } })],
                messages: [
                    'Project "it": source.location: given "an address with a user". Allowed in prod: an address without user and password. Use a connection. (CodeBuild.1)',
                ],
            },
        ],
    },
    "codebuild-secret-variables": {
        passes: [variable("DB_PASSWORD", "SECRETS_MANAGER"), variable("DB_HOST"), variable("DB_SECRET_ARN")],
        fails: [
            {
                given: variable("DB_PASSWORD"),
                messages: [
                    'Project "it": variable DB_PASSWORD, type: given nothing. Allowed in prod: type SECRETS_MANAGER. Keep the value in a secret; MigrationBuild does. (CodeBuild.2)',
                ],
            },
            {
                given: variable("GITHUB_TOKEN", "PLAINTEXT"),
                messages: [
                    'Project "it": variable GITHUB_TOKEN, type: given "PLAINTEXT". Allowed in prod: type SECRETS_MANAGER. Keep the value in a secret; MigrationBuild does. (CodeBuild.2)',
                ],
            },
        ],
    },
    "codebuild-logs": {
        passes: [[project({})], [project({ logsConfig: { cloudwatchLogs: { status: "ENABLED" } } })]],
        fails: [
            {
                given: [project({ logsConfig: { cloudwatchLogs: { status: "DISABLED" } } })],
                messages: [
                    'Project "it": logsConfig.cloudwatchLogs.status: given "DISABLED". Allowed in prod: "ENABLED", or nothing. Leave the status out; MigrationBuild does. (CodeBuild.4)',
                ],
            },
        ],
    },
    "codebuild-own-log-group": {
        passes: [[loggingTo("/aws/codebuild/it"), logGroup]],
        fails: [
            {
                given: [loggingTo("/aws/codebuild/other"), logGroup],
                messages: [
                    'Project "it": logsConfig.cloudwatchLogs.groupName: given "/aws/codebuild/other". Allowed in prod: the name of a LogGroup of this stack that no other project writes to. Set logsConfig.cloudwatchLogs.groupName; MigrationBuild creates a group. (CodeBuild.4)',
                ],
            },
            {
                given: [loggingTo("/aws/codebuild/it", "one"), loggingTo("/aws/codebuild/it", "two"), logGroup],
                messages: [
                    'Project "one": logsConfig.cloudwatchLogs.groupName: given "/aws/codebuild/it". Allowed in prod: the name of a LogGroup of this stack that no other project writes to. Set logsConfig.cloudwatchLogs.groupName; MigrationBuild creates a group. (CodeBuild.4)',
                    'Project "two": logsConfig.cloudwatchLogs.groupName: given "/aws/codebuild/it". Allowed in prod: the name of a LogGroup of this stack that no other project writes to. Set logsConfig.cloudwatchLogs.groupName; MigrationBuild creates a group. (CodeBuild.4)',
                ],
            },
        ],
    },
    "codebuild-s3-logs-encrypted": {
        passes: [[project({ logsConfig: { s3Logs: { status: "ENABLED" } } })]],
        fails: [
            {
                given: [project({ logsConfig: { s3Logs: { encryptionDisabled: true } } })],
                messages: [
                    'Project "it": logsConfig.s3Logs.encryptionDisabled: given true. Allowed in prod: false, or nothing. Remove encryptionDisabled. (CodeBuild.3)',
                ],
            },
        ],
    },
    "codebuild-artifacts-encrypted": {
        passes: [[project({ artifacts: { type: "CODEPIPELINE" } })]],
        fails: [
            {
                given: [project({ artifacts: { type: "S3", encryptionDisabled: true } })],
                messages: [
                    'Project "it": artifacts.encryptionDisabled: given true. Allowed in prod: false, or nothing. Remove encryptionDisabled. (CodeBuild.7, CB4)',
                ],
            },
        ],
    },
    "codebuild-key": {
        passes: [[project({ encryptionKey: "arn:key" })]],
        fails: [
            {
                given: [project({})],
                messages: [
                    'Project "it": encryptionKey: given nothing. Allowed in prod: the ARN of a customer managed key. Set kmsKeyArn of MigrationBuild. (CB4)',
                ],
            },
        ],
    },
    "codebuild-reports-encrypted": {
        passes: [[make(Types.reportGroup, { exportConfig: { type: "NO_EXPORT" } })]],
        fails: [
            {
                given: [make(Types.reportGroup, { exportConfig: { s3Destination: { encryptionDisabled: true } } })],
                messages: [
                    'ReportGroup "it": exportConfig.s3Destination.encryptionDisabled: given true. Allowed in prod: false, or nothing. Remove encryptionDisabled. (CodeBuild.7)',
                ],
            },
        ],
    },
    "codebuild-not-privileged": {
        passes: [[project({ environment: { privilegedMode: false } })], [project({})]],
        fails: [
            {
                given: [project({ environment: { privilegedMode: true } })],
                messages: [
                    'Project "it": environment.privilegedMode: given true. Allowed in prod: false, or nothing. Leave privilegedMode out; nothing builds images here. (CodeBuild.5)',
                ],
            },
        ],
    },
    "codebuild-inline-buildspec": {
        passes: [
            [project({ source: { buildspec: "version: 0.2\nphases: {}\n" } })],
            [project({ source: { buildspec: '{"version": 0.2}' } })],
        ],
        fails: [
            {
                given: [project({ source: { buildspec: "ci/buildspec.yml" } })],
                messages: [
                    'Project "it": source.buildspec: given "ci/buildspec.yml". Allowed in prod: the specification itself, not the path of a file in the source. Write the specification into the project; MigrationBuild does. (buildspec)',
                ],
            },
            {
                given: [project({ source: {} })],
                messages: [
                    'Project "it": source.buildspec: given nothing. Allowed in prod: the specification itself, not the path of a file in the source. Write the specification into the project; MigrationBuild does. (buildspec)',
                ],
            },
        ],
    },
    "codebuild-one-at-a-time": {
        passes: [
            [project({ concurrentBuildLimit: 1 })],
            [project({ ...planning, concurrentBuildLimit: 2 })],
            [project({ ...deploying, concurrentBuildLimit: 2 })],
        ],
        fails: [
            {
                given: [project({})],
                messages: [
                    'Project "it": concurrentBuildLimit: given nothing. Allowed in prod: 1. Set concurrentBuildLimit to 1; MigrationBuild does with custom commands. (build safety)',
                ],
            },
        ],
    },
    "codebuild-abandoned-build": {
        passes: [
            [project({ ...deploying, concurrentBuildLimit: 2 })],
            [project(deploying)],
            [project({ ...planning, concurrentBuildLimit: 2 })],
        ],
        fails: [
            {
                given: [project({ ...planning, concurrentBuildLimit: 1 })],
                messages: [
                    'Project "it": concurrentBuildLimit: given 1. Allowed in prod: at least 2 builds, or nothing. Set concurrentBuildLimit to 2; MigrationBuild does. (build safety)',
                ],
            },
            {
                given: [project({ ...deploying, concurrentBuildLimit: 1 })],
                messages: [
                    'Project "it": concurrentBuildLimit: given 1. Allowed in prod: at least 2 builds, or nothing. Set concurrentBuildLimit to 2; MigrationBuild does. (build safety)',
                ],
            },
        ],
    },
    "codebuild-no-retry": {
        passes: [[project({ autoRetryLimit: 0 })], [project({})]],
        fails: [
            {
                given: [project({ autoRetryLimit: 2 })],
                messages: [
                    'Project "it": autoRetryLimit: given 2. Allowed in prod: 0, or nothing. Leave autoRetryLimit out. (build safety)',
                ],
            },
        ],
    },
    "codebuild-timeout": {
        passes: [[project({ buildTimeout: 60 })]],
        fails: [
            {
                given: [project({ buildTimeout: 2160 })],
                messages: [
                    'Project "it": buildTimeout: given 2160. Allowed in prod: 5 to 480 minutes. Set timeoutMinutes of MigrationBuild. (build safety)',
                ],
            },
        ],
    },
    "codebuild-queued-timeout": {
        passes: [[project({ queuedTimeout: 60 })]],
        fails: [
            {
                given: [project({})],
                messages: [
                    'Project "it": queuedTimeout: given nothing. Allowed in prod: 5 to 480 minutes. Set queuedTimeout; MigrationBuild does. (build safety)',
                ],
            },
        ],
    },
    "codepipeline-artifacts-key": {
        passes: [pipeline({ artifactStores: [{ encryptionKey: { type: "KMS", id: "arn:key" } }] })],
        fails: [
            {
                given: pipeline({ artifactStores: [{}] }),
                messages: [
                    'Pipeline "it": artifactStores[0].encryptionKey: given nothing. Allowed in prod: encryptionKey of type KMS. Set kmsKeyArn of DbPipeline, or omit it: DbPipeline then creates a key. (CKV_AWS_219)',
                ],
            },
        ],
    },
    "codepipeline-v2": {
        passes: [pipeline({ pipelineType: "V2" })],
        fails: [
            {
                given: pipeline({}),
                messages: [
                    'Pipeline "it": pipelineType: given nothing. Allowed in prod: "V2". Set pipelineType; DbPipeline does. (change control)',
                ],
            },
        ],
    },
    "codepipeline-queued": {
        passes: [pipeline({ executionMode: "QUEUED" })],
        fails: [
            {
                given: pipeline({ executionMode: "SUPERSEDED" }),
                messages: [
                    'Pipeline "it": executionMode: given "SUPERSEDED". Allowed in prod: "QUEUED". Set executionMode; DbPipeline does. (change control)',
                ],
            },
        ],
    },
    "codepipeline-approval": {
        passes: [
            pipeline(
                stages(
                    ["Plan", build("Plan")],
                    ["Rollback", build("Plan", 1), approval(2), build("Rollback", 3)],
                    ["Deploy", build("Plan", 1), approval(2), build("Deploy", 3)],
                ),
            ),
            pipeline(stages(["Deploy", approval(), build("Deploy", 2)])),
            pipeline(stages(["Ask", approval()], ["Ship", build("Ship")])),
        ],
        fails: [
            {
                given: pipeline(stages(["Ship", build("Ship")])),
                messages: [
                    'Pipeline "it": stages: given ["Ship"]. Allowed in prod: a manual approval in the same stage, before the action that changes the database. Set approval of DbPipeline. (change control)',
                ],
            },
            {
                given: pipeline(stages(["Plan", build("Plan")], ["Deploy", build("Deploy")])),
                messages: [
                    'Pipeline "it": stage Deploy: given ["Deploy"]. Allowed in prod: a manual approval in the same stage, before the action that changes the database. Set approval of DbPipeline. (change control)',
                ],
            },
            {
                // In a stage of its own, beside the action, and after it.
                given: pipeline(
                    stages(
                        ["Approve", approval()],
                        ["Rollback", approval(), build("Rollback")],
                        ["Deploy", build("Deploy", 1), approval(2)],
                    ),
                ),
                messages: [
                    'Pipeline "it": stage Rollback: given ["Approve","Rollback"]. Allowed in prod: a manual approval in the same stage, before the action that changes the database. Set approval of DbPipeline. (change control)',
                    'Pipeline "it": stage Deploy: given ["Deploy","Approve"]. Allowed in prod: a manual approval in the same stage, before the action that changes the database. Set approval of DbPipeline. (change control)',
                ],
            },
        ],
    },
    "codepipeline-no-pull-request-trigger": {
        passes: [pipeline({ triggers: [{ gitConfiguration: { pushes: [{ branches: { includes: ["main"] } }] } }] })],
        fails: [
            {
                given: pipeline({ triggers: [{ gitConfiguration: { pullRequests: [{ events: ["OPEN"] }] } }] }),
                messages: [
                    'Pipeline "it": triggers[0].gitConfiguration.pullRequests: given [{"events":["OPEN"]}]. Allowed in prod: triggers on pushes only. Remove pullRequests; they would run unreviewed SQL. (change control)',
                ],
            },
        ],
    },
};
