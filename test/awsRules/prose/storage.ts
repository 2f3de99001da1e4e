import type { Inputs } from "../inputs";
import type { ProseRule } from "../rule";
import { between, matches } from "./checks";

export const storageRules: ProseRule[] = [
    {
        id: "bucket-name",
        types: ["aws:s3/bucket:Bucket"],
        source: {
            page: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
            noted: "2026-11-29",
            says: "3 to 63 lowercase letters, digits, periods and hyphens, beginning and ending with a letter or digit; some prefixes and suffixes are reserved.",
        },
        check: matches(
            "bucket",
            /^(?!xn--|sthree-|amzn-s3-demo-|\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)(?!.*(?:-s3alias|--ol-s3|\.mrap|--x-s3)$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
        ),
    },
    {
        id: "secret-name",
        types: ["aws:secretsmanager/secret:Secret"],
        source: {
            service: "secretsmanager",
            shape: "CreateSecretRequest",
            member: "Name",
            says: "The secret name can contain ASCII letters, numbers, and the following characters: /_+=.@- Do not end your secret name with a hyphen followed by six characters.",
        },
        check: matches("name", /^(?!.*-.{6}$)[A-Za-z0-9/_+=.@-]+$/),
    },
    {
        id: "secret-recovery-window",
        types: ["aws:secretsmanager/secret:Secret"],
        source: {
            service: "secretsmanager",
            shape: "DeleteSecretRequest",
            member: "RecoveryWindowInDays",
            says: "The number of days from 7 to 30 that Secrets Manager waits before permanently deleting the secret.",
        },
        // The provider makes 0 a deletion without recovery.
        check: (inputs) =>
            inputs.recoveryWindowInDays === 0 ? undefined : between("recoveryWindowInDays", 7, 30)(inputs),
    },
    {
        id: "key-deletion-window",
        types: ["aws:kms/key:Key"],
        source: {
            service: "kms",
            shape: "ScheduleKeyDeletionRequest",
            member: "PendingWindowInDays",
            says: "If you include a value, it must be between 7 and 30, inclusive.",
        },
        check: between("deletionWindowInDays", 7, 30),
    },
    {
        id: "key-policy-size",
        types: ["aws:kms/key:Key"],
        source: {
            page: "https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html",
            noted: "2026-11-29",
            says: "A key policy document has at most 32 KB.",
        },
        check: ({ policy }) => (Buffer.byteLength(policy as string) <= 32_768 ? undefined : "policy"),
    },
    {
        id: "backup-start-window",
        types: ["aws:backup/plan:Plan"],
        source: {
            service: "backup",
            shape: "BackupRuleInput",
            member: "StartWindowMinutes",
            says: "This value is optional. If this value is included, it must be at least 60 minutes to avoid errors.",
        },
        check: ({ rules }) => {
            const short = ((rules ?? []) as Inputs[]).filter(({ startWindow }) => Number(startWindow ?? 60) < 60);
            return short.length === 0 ? undefined : `startWindow ${JSON.stringify(short[0]!.startWindow)}`;
        },
    },
    {
        id: "backup-opt-in",
        types: ["aws:backup/selection:Selection"],
        source: {
            page: "https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html",
            noted: "2026-11-29",
            says: "A resource that is named in a selection is backed up even where its service is not opted in. This does not apply to Aurora, Neptune and DocumentDB: their opt-in must be enabled.",
        },
        // The opt-in is a setting of the account: what a stack can do is name its cluster, and notice missing backups.
        check: ({ resources }) => {
            const named = ((resources ?? []) as string[]).filter((arn) => /:rds:[^:]+:\d{12}:cluster:./.test(arn));
            return named.length > 0 ? undefined : "it names no cluster";
        },
    },
    {
        id: "vault-lock-cooling-off",
        types: ["aws:backup/vaultLockConfiguration:VaultLockConfiguration"],
        source: {
            service: "backup",
            shape: "PutBackupVaultLockConfigurationInput",
            member: "ChangeableForDays",
            says: "Therefore, you must set ChangeableForDays to 3 or greater. The maximum value you can specify is 36,500 days",
        },
        check: between("changeableForDays", 3, 36_500),
    },
    {
        id: "role-trust-size",
        types: ["aws:iam/role:Role"],
        source: {
            page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
            noted: "2026-11-29",
            says: "A role trust policy has at most 2,048 characters, white space not counted.",
        },
        check: ({ assumeRolePolicy }) =>
            sizeOf(assumeRolePolicy) <= 2048 ? undefined : `${sizeOf(assumeRolePolicy)} characters`,
    },
    {
        id: "tags",
        types: ["*"],
        source: {
            page: "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html",
            noted: "2026-11-29",
            says: "At most 50 tags; keys of up to 128 and values of up to 256 letters, digits, spaces and _.:/=+-@, no key beginning with aws:.",
        },
        check: ({ tags = {} }) => {
            const entries = Object.entries(tags as Record<string, string>);
            const text = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
            const wrong = entries.find(
                ([key, value]) =>
                    key.length < 1 ||
                    key.length > 128 ||
                    value.length > 256 ||
                    /^aws:/i.test(key) ||
                    !text.test(key) ||
                    !text.test(value),
            );
            return entries.length > 50 ? `${entries.length} tags` : wrong && `${wrong.join("=")}`;
        },
    },
];

/** IAM does not count white space. */
export function sizeOf(policy: unknown): number {
    return (policy as string).replace(/\s/g, "").length;
}

/** The inline policies of one role, which IAM counts together. */
export function inlinePolicyProblems(resources: readonly { type: string; inputs: Inputs }[]): string[] {
    const sizes = new Map<string, number>();
    for (const { type, inputs } of resources) {
        if (type !== "aws:iam/rolePolicy:RolePolicy") continue;
        const role = inputs.role as string;
        sizes.set(role, (sizes.get(role) ?? 0) + sizeOf(inputs.policy));
    }
    return [...sizes]
        .filter(([, size]) => size > 10_240)
        .map(([role, size]) => `${role}: ${size} characters of inline policies`);
}
