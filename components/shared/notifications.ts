import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "./location";
import { logicalName } from "./names";
import { hasNotificationRules } from "./partitions";
import { allowPublish, denyPlainPublish, policyDocument } from "./statements";
import { matching, type Rule } from "./validation";

export interface TopicArgs {
    at: pulumi.Output<Location>;
    kmsKeyArn: pulumi.Input<string>;
    /** E-mail addresses; each gets a message to confirm first. */
    emails: string[];
    /** The AWS services that publish, on behalf of this account. */
    publishers: string[];
    tags: Record<string, string> | undefined;
}

/** An encrypted topic that takes messages over TLS only, and from this account only. */
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
        // Named by the address: taking one out of the list leaves the others alone.
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
    /** ARN of each CodeBuild project, by a name that stays. */
    projectArns: Record<string, pulumi.Input<string>>;
    topicArn: pulumi.Input<string>;
    /** A chat channel that is told as well. */
    chatChannelArn: string | undefined;
    /** Whether runs that succeeded are news. */
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
// The pipeline's message names the stage that failed; the build's, the phase, and the address of its log.
const buildEvents = ["codebuild-project-build-state-failed", "codebuild-project-build-state-stopped"];

/**
 * Tells of what a person should know: a run failed, waits for approval or (if asked for) succeeded; a build failed. Nothing
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
 * Names of the account's role for notification rules; an error without one. AWS makes it in answer to the first rule, and
 * refuses rules until it is there, up to 15 minutes later (`ConfigurationException`); the provider does not try again
 * (internal/service/codestarnotifications/notification_rule.go). A stack cannot own it: the account has one, for all stacks,
 * and `CreateServiceLinkedRole` refuses a second one.
 */
function serviceRole(parent: pulumi.Resource): pulumi.Output<string[]> {
    const { names } = aws.iam.getRolesOutput({ pathPrefix: `/aws-service-role/${notificationsService}/` }, { parent });
    return names.apply(requireServiceRole);
}

export function requireServiceRole(names: string[]): string[] {
    if (names.length === 0) {
        throw new pulumi.RunError(
            "The account has no role AWSServiceRoleForCodeStarNotifications, and AWS refuses notification rules without it. " +
                `Create it, once in an account: aws iam create-service-linked-role --aws-service-name ${notificationsService}`,
        );
    }
    return names;
}

/** The kind of a chat channel is in its ARN. */
function chat(arn: string): aws.types.input.codestarnotifications.NotificationRuleTarget {
    return { address: arn, type: arn.includes("/slack-channel/") ? "AWSChatbotSlack" : "AWSChatbotMicrosoftTeams" };
}

/** Addresses of people, one subscription each. */
export function emailRules(arg: string, emails: string[] = []): Rule[] {
    const duplicates = emails.filter((email, index) => emails.indexOf(email) !== index);
    return [
        ...emails.map((email, index) =>
            matching(`${arg}[${index}]`, email, /^[^\s@]+@[^\s@]+$/, "an e-mail address", "Correct it."),
        ),
        {
            arg,
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
