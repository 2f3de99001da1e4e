import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "./location";
import { keyPolicy, policyDocument } from "./statements";

export interface OwnKeyArgs {
    at: pulumi.Output<Location>;
    /** What it encrypts. */
    description: string;
    /** Days in which its deletion can be taken back. */
    deletionWindowInDays: number;
    tags: Record<string, string> | undefined;
}

/** The key of a component that is given none; its ARN. AWS's own keys admit no service that publishes to a topic. */
export function ownKey(name: string, args: OwnKeyArgs, parent: pulumi.Resource): pulumi.Output<string> {
    const { at, description, deletionWindowInDays, tags } = args;
    const policy = at.apply((location) => policyDocument(keyPolicy(location)));
    return new aws.kms.Key(
        name,
        { description, enableKeyRotation: true, deletionWindowInDays, policy, tags },
        { parent },
    ).arn;
}
