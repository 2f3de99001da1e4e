import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "./location";
import { logicalName } from "./names";
import { hasNotificationRules } from "./partitions";
import { allowPublish, denyPlainPublish, policyDocument } from "./statements";
import { matching, type Rule } from "./validation";
import { accountErrors } from "./errors";

export interface TopicArgs {
    at: pulumi.Output<Location>;
    kmsKeyArn: pulumi.Input<string>;
    /** E-mail addresses; each first receives a confirmation request. */
    emails: string[];
    /** The AWS services that publish on behalf of this account. */
    publishers: string[];
    tags: Record<string, string> | undefined;
}

/** An encrypted topic that accepts messages only over TLS and only from this account. */
export function topic(name: string, args: TopicArgs, parent: pulumi.Resource): aws.sns.Topic {
    const created = new aws.sns.Topic(name, { kmsMasterKeyId: args.kmsKeyArn, tags: args.tags }, { parent });
    new aws.sns.TopicPolicy(
        name,
        {
            arn: created.arn,
            policy: pulumi.all([args.at, created.arn]).apply(([at, arn]) => topicPolicy(at, arn, args.publishers)),
        },
        { parent },
    );
    for (const email of args.emails) {
        // Named by the address: removing one from the list does not affect the others.
        new aws.sns.TopicSubscription(
            `${name}-${email}`,
            { topic: created.arn, protocol: "email", endpoint: email },
            {
                parent,
            },
        );
    }
    return created;
}

export interface NewsArgs {
    pipelineArn: pulumi.Input<string>;
    /** ARN of each CodeBuild project, by a stable name. */
    projectArns: Record<string, pulumi.Input<string>>;
    topicArn: pulumi.Input<string>;
    /** A chat channel that is also notified. */
    chatChannelArn: string | undefined;
    /** Whether successful executions are reported. */
    notifySuccess: boolean;
    tags: Record<string, string> | undefined;
}

const pipelineEvents = [
    "codepipeline-pipeline-pipeline-execution-failed",
    "codepipeline-pipeline-pipeline-execution-canceled",
    "codepipeline-pipeline-manual-approval-needed",
    "codepipeline-pipeline-manual-approval-failed",
];
const successEvent = "codepipeline-pipeline-pipeline-execution-succeeded";
// The pipeline's message names the failed stage; the build's names the phase and the address of its log.
const buildEvents = ["codebuild-project-build-state-failed", "codebuild-project-build-state-stopped"];

/**
 * Reports pipeline executions that fail, wait for approval or (optionally) succeed, and failed builds. Creates nothing
 * where AWS has no notification rules.
 */
export function notify(name: string, args: NewsArgs, parent: pulumi.Resource): void {
    if (!hasNotificationRules()) {
        return;
    }
    const { topicArn, chatChannelArn, tags } = args;
    const targets = [
        { address: topicArn, type: "SNS" },
        ...(chatChannelArn === undefined ? [] : [chat(chatChannelArn)]),
    ];
    const account = serviceRole(parent);
    const tell = (suffix: string, watched: pulumi.Input<string>, eventTypeIds: string[]) => {
        const resource = pulumi.all([watched, account]).apply(([arn]) => arn);
        new aws.codestarnotifications.NotificationRule(
            logicalName("notificationRule", `${name}-${suffix}`),
            { resource, detailType: "FULL", eventTypeIds, targets, tags },
            { parent },
        );
    };
    tell("pipeline", args.pipelineArn, [...pipelineEvents, ...(args.notifySuccess ? [successEvent] : [])]);
    for (const [build, projectArn] of Object.entries(args.projectArns)) {
        tell(build, projectArn, buildEvents);
    }
}

const notificationsService = "codestar-notifications.amazonaws.com";

/**
 * Names of the account's role for notification rules; throws if there is none. AWS creates it in response to the first
 * rule, and rejects rules until it exists, up to 15 minutes later (`ConfigurationException`); the provider does not
 * retry (internal/service/codestarnotifications/notification_rule.go). A stack cannot own the role: the account has one
 * for all stacks, and `CreateServiceLinkedRole` rejects a second one.
 */
function serviceRole(parent: pulumi.Resource): pulumi.Output<string[]> {
    const { names } = aws.iam.getRolesOutput({ pathPrefix: `/aws-service-role/${notificationsService}/` }, { parent });
    return names.apply(requireServiceRole);
}

export function requireServiceRole(names: string[]): string[] {
    if (names.length === 0) {
        throw new accountErrors.NotificationRoleMissing({ service: notificationsService });
    }
    return names;
}

/** The kind of a chat channel is part of its ARN. */
function chat(arn: string): aws.types.input.codestarnotifications.NotificationRuleTarget {
    return { address: arn, type: arn.includes("/slack-channel/") ? "AWSChatbotSlack" : "AWSChatbotMicrosoftTeams" };
}

/** E-mail addresses, one subscription each. */
export function emailRules(arg: string, emails: string[] = []): Rule[] {
    const duplicates = emails.filter((email, index) => emails.indexOf(email) !== index);
    return [
        ...emails.map((email, index) =>
            matching(`${arg}[${index}]`, email, /^[^\s@]+@[^\s@]+$/, "an e-mail address", "Correct it."),
        ),
        {
            arg,
            kind: "Duplicate",
            given: duplicates,
            valid: duplicates.length === 0,
            allowed: "each address once",
            fix: "Take the duplicates out.",
        },
    ];
}

function topicPolicy(at: Location, topicArn: string, publishers: string[]): string {
    return policyDocument([denyPlainPublish(topicArn), allowPublish(at, topicArn, publishers)]);
}
