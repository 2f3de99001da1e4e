import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "./location";
import { keyPolicy, policyDocument } from "./statements";

export interface OwnKeyArgs {
    at: pulumi.Output<Location>;
    /** What it encrypts. */
    description: string;
    /** Days in which its deletion can be cancelled. */
    deletionWindowInDays: number;
    tags: Record<string, string> | undefined;
}

/**
 * Creates a key for a component that was not given one; returns its ARN. AWS managed keys do not allow services to
 * publish to an encrypted topic.
 */
export function ownKey(name: string, args: OwnKeyArgs, parent: pulumi.Resource): pulumi.Output<string> {
    const { at, description, deletionWindowInDays, tags } = args;
    const policy = at.apply((location) => policyDocument(keyPolicy(location)));
    return new aws.kms.Key(
        name,
        { description, enableKeyRotation: true, deletionWindowInDays, policy, tags },
        { parent },
    ).arn;
}
