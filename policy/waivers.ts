import type { Resource } from "./resource";
import type { Environment, Rule } from "./rule";

/** A resource that a rule does not judge, and the reason. */
export interface Waiver {
    /** Id of the rule. */
    rule: string;
    /** Names of the resources, in full. */
    resource: RegExp;
    /** The environments in which the waiver applies; both by default. */
    environments?: Environment[];
    reason: string;
}

/** The bucket that receives the access log of the artifact bucket. */
const accessLogBucket = /^.*-artifacts-access-log$/;

export const waivers: Waiver[] = [
    {
        rule: "iam-trust",
        resource: /^.+-backup$/,
        reason: "AWS Backup does not document that it passes its account or plan when it assumes a role; a condition that it does not meet would stop every backup. iam:PassRole limits the role to its account, and all changes to the cluster are denied.",
    },
    {
        rule: "iam-trust",
        resource: /^.+-proxy$/,
        reason: "RDS does not document that a proxy passes its account or its ARN when it assumes a role; with a condition that it does not meet, no application could connect. iam:PassRole limits the role to its account, and it reads only the applications' secrets.",
    },
    {
        rule: "s3-encrypted",
        resource: accessLogBucket,
        reason: "S3 delivers access logs only to buckets that use SSE-S3, not to those encrypted with KMS by default. The log contains names and times, no data.",
    },
    {
        rule: "s3-access-logged",
        resource: accessLogBucket,
        reason: "An access log of the access log would grow without end. Only S3 writes to the bucket.",
    },
];

export function waiverOf(
    rule: Rule,
    resource: Resource,
    environment: Environment,
    waivers: Waiver[],
): Waiver | undefined {
    return waivers.find(
        (waiver) =>
            waiver.rule === rule.id &&
            waiver.resource.test(resource.name) &&
            (waiver.environments?.includes(environment) ?? true),
    );
}
