import type { Mapping } from "../call";
import type { Inputs } from "../inputs";
import { call, drop, listed, without } from "./build";

export const deliveryCalls: Record<string, Mapping> = {
    "aws:codebuild/project:Project": {
        autoNamed: "name",
        calls: [
            call("codebuild", "CreateProject", {
                members: {
                    buildTimeout: "timeoutInMinutes",
                    queuedTimeout: "queuedTimeoutInMinutes",
                    logsConfig: (value) => ({ logsConfig: withStatus(value as Inputs) }),
                },
            }),
            call("codebuild", "UpdateProjectVisibility", {
                added: () => ({ projectArn: "arn:aws:codebuild:eu-central-1:123456789012:project/any" }),
            }),
        ],
    },
    "aws:codebuild/reportGroup:ReportGroup": {
        autoNamed: "name",
        notSent: { deleteReports: "only when the group is deleted" },
        calls: [
            call("codebuild", "CreateReportGroup", {
                members: {
                    exportConfig: (value) => ({
                        exportConfig: { exportConfigType: (value as Inputs).type },
                    }),
                },
            }),
        ],
    },
    "aws:codeconnections/connection:Connection": {
        autoNamed: "name",
        calls: [call("codeconnections", "CreateConnection", { members: { name: "ConnectionName" } })],
    },
    "aws:codepipeline/pipeline:Pipeline": {
        calls: [
            call("codepipeline", "CreatePipeline", {
                members: Object.fromEntries(
                    [
                        "name",
                        "artifactStores",
                        "executionMode",
                        "pipelineType",
                        "roleArn",
                        "stages",
                        "triggers",
                        "variables",
                    ].map((name) => [name, drop]),
                ),
                added: pipeline,
            }),
        ],
    },
    "aws:codestarnotifications/notificationRule:NotificationRule": {
        autoNamed: "name",
        calls: [
            call("codestar-notifications", "CreateNotificationRule", {
                members: {
                    targets: (value) => ({
                        Targets: listed(value).map(({ type, address }) => ({
                            TargetType: type,
                            TargetAddress: address,
                        })),
                    }),
                },
            }),
        ],
    },
};

/** A condition or an action of a pipeline, whose type is a group of its own in the API. */
function withType(field: string, type: string[], given: Inputs): Inputs {
    const { [field]: _, ...rest } = given;
    const own = Object.fromEntries(Object.entries(rest).filter(([key]) => !type.includes(key)));
    return { ...own, [field]: Object.fromEntries(type.map((key) => [key, given[key]])) };
}

// internal/service/codepipeline/codepipeline.go: expandPipelineDeclaration
function pipeline(inputs: Inputs): Inputs {
    const { stages, artifactStores, triggers, tags: _, ...rest } = inputs;
    const named = (names: unknown) => listed(names).map((name) => ({ name }));
    const action = (given: Inputs) => ({
        ...withType("actionTypeId", ["category", "owner", "provider", "version"], given),
        inputArtifacts: given.inputArtifacts && named(given.inputArtifacts),
        outputArtifacts: given.outputArtifacts && named(given.outputArtifacts),
    });
    const conditions = (given: Inputs) => ({
        ...without(given, "condition"),
        conditions: given.condition && [given.condition],
    });
    const stage = (given: Inputs) => ({
        ...given,
        actions: listed(given.actions).map(action),
        beforeEntry: given.beforeEntry && conditions(given.beforeEntry as Inputs),
        onSuccess: given.onSuccess && conditions(given.onSuccess as Inputs),
        onFailure: given.onFailure && conditions(given.onFailure as Inputs),
    });
    const trigger = ({ gitConfiguration, ...given }: Inputs) => ({
        ...given,
        gitConfiguration: {
            ...without(gitConfiguration as Inputs, "pushes", "pullRequests"),
            push: (gitConfiguration as Inputs).pushes,
            pullRequest: (gitConfiguration as Inputs).pullRequests,
        },
    });
    const [store] = listed(artifactStores);
    return {
        pipeline: {
            ...rest,
            // One store, without a Region: the provider sends it alone.
            artifactStore: store,
            stages: listed(stages).map(stage),
            ...(triggers !== undefined && { triggers: listed(triggers).map(trigger) }),
        },
    };
}

/** Where nothing is said, the provider says ENABLED for CloudWatch and DISABLED for S3. */
function withStatus({ cloudwatchLogs, s3Logs }: Inputs): Inputs {
    return {
        cloudWatchLogs: { status: "ENABLED", ...(cloudwatchLogs as Inputs) },
        s3Logs: { status: "DISABLED", ...(s3Logs as Inputs | undefined) },
    };
}
