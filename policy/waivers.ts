import type { Resource } from "./resource";
import type { Environment, Rule } from "./rule";

/** A resource that a rule does not judge, and why. */
export interface Waiver {
    /** Id of the rule. */
    rule: string;
    /** Names of the resources, in full. */
    resource: RegExp;
    /** Environments that it holds in; both by default. */
    environments?: Environment[];
    reason: string;
}

/** The bucket that takes the access log of the artifact bucket. */
const accessLogBucket = /^.*-artifacts-access-log$/;

export const waivers: Waiver[] = [
    {
        rule: "iam-trust",
        resource: /^.+-backup$/,
        reason: "AWS Backup does not document that it names its account or plan when it assumes a role; a condition that it does not meet would stop every backup. iam:PassRole keeps the role in its account, and it is denied all changes to the cluster.",
    },
    {
        rule: "iam-trust",
        resource: /^.+-proxy$/,
        reason: "RDS does not document that a proxy names its account or itself when it assumes a role; a condition that it does not meet would keep every application out. iam:PassRole keeps the role in its account, and it reads the applications' secrets only.",
    },
    {
        rule: "s3-encrypted",
        resource: accessLogBucket,
        reason: "S3 delivers access logs to a bucket that SSE-S3 encrypts, and to none that KMS encrypts by default. The log holds names and times, no data.",
    },
    {
        rule: "s3-access-logged",
        resource: accessLogBucket,
        reason: "A log of the access to the log would grow by itself without end. Only S3 writes to the bucket.",
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
