import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "./location";
import { allowPublish, denyPlainPublish, policyDocument } from "./statements";

export interface TopicArgs {
    at: pulumi.Output<Location>;
    kmsKeyArn: pulumi.Input<string>;
    /** E-mail addresses; each gets a message to confirm first. */
    emails: string[];
    /** The AWS service that publishes, on behalf of this account. */
    publisher: string;
    tags: Record<string, string> | undefined;
}

/** An encrypted topic that takes messages over TLS only, and from this account only. */
export function topic(name: string, args: TopicArgs, parent: pulumi.Resource): aws.sns.Topic {
    const created = new aws.sns.Topic(name, { kmsMasterKeyId: args.kmsKeyArn, tags: args.tags }, { parent });
    new aws.sns.TopicPolicy(
        name,
        {
            arn: created.arn,
            policy: pulumi.all([args.at, created.arn]).apply(([at, arn]) => topicPolicy(at, arn, args.publisher)),
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

/** Tells a topic of what a person should know: a run failed, or waits for approval. */
export function notify(
    name: string,
    args: {
        pipelineArn: pulumi.Input<string>;
        topicArn: pulumi.Input<string>;
        tags: Record<string, string> | undefined;
    },
    parent: pulumi.Resource,
): void {
    new aws.codestarnotifications.NotificationRule(
        name,
        {
            resource: args.pipelineArn,
            detailType: "FULL",
            eventTypeIds: [
                "codepipeline-pipeline-pipeline-execution-failed",
                "codepipeline-pipeline-pipeline-execution-canceled",
                "codepipeline-pipeline-manual-approval-needed",
                "codepipeline-pipeline-manual-approval-failed",
            ],
            targets: [{ address: args.topicArn, type: "SNS" }],
            tags: args.tags,
        },
        { parent },
    );
}

function topicPolicy(at: Location, topicArn: string, publisher: string): string {
    return policyDocument([denyPlainPublish(topicArn), allowPublish(at, topicArn, publisher)]);
}
