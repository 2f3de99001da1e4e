import { between, equals, given, satisfies } from "../conditions";
import { get, unknown } from "../resource";
import { type Rule, companion, findings, property, resourceRule } from "../rule";
import { Types } from "./types";

export const secretRules: Rule[] = [
    companion({
        id: "secret-rotation",
        controls: ["SecretsManager.1", "CKV2_AWS_57"],
        title: "The credential is rotated",
        type: Types.secret,
        companion: { type: Types.secretRotation, property: "secretId", what: "rotation" },
        allowed: { prod: "a SecretRotation" },
        fix: "Set rotation of DbSecret.",
    }),
    resourceRule({
        id: "secret-rotation-interval",
        controls: ["SecretsManager.4"],
        title: "The credential is rotated at least every 90 days",
        types: [Types.secretRotation],
        allowed: "automaticallyAfterDays up to 90, or a scheduleExpression such as rate(30 days)",
        fix: "Set rotation.afterDays of DbSecret.",
        check({ properties }) {
            const rules = get(properties, "rotationRules");
            const days = daysBetween(rules);
            return findings({ what: "rotationRules", given: rules, valid: days > 0 && days <= 90 });
        },
    }),
    property({
        id: "secret-key",
        controls: ["CKV_AWS_149"],
        title: "A customer managed key encrypts the secret",
        type: Types.secret,
        property: "kmsKeyId",
        prod: given("the ARN of a customer managed key"),
        fix: "Set kmsKeyArn of DbSecret.",
    }),
    companion({
        id: "secret-policy",
        controls: ["secret policy"],
        title: "The secret has a policy",
        type: Types.secret,
        companion: { type: Types.secretPolicy, property: "secretArn", what: "policy" },
        allowed: "a SecretPolicy",
        fix: "Add a SecretPolicy; DbSecret always does.",
    }),
    property({
        id: "secret-policy-not-public",
        controls: ["secret policy"],
        title: "AWS rejects a policy that would make the secret public",
        type: Types.secretPolicy,
        property: "blockPublicPolicy",
        both: equals(true),
        fix: "Set blockPublicPolicy; DbSecret always does.",
    }),
    property({
        id: "secret-recovery-window",
        controls: ["SecretsManager.3"],
        title: "A deleted secret can be restored for a month",
        type: Types.secret,
        property: "recoveryWindowInDays",
        dev: satisfies("0 or 7 to 30 days, or nothing (AWS's 30)", isRecoveryWindow),
        prod: satisfies("30 days, or nothing (AWS's 30)", (days) => days === undefined || days === 30),
        fix: "Set recoveryWindowInDays of DbSecret.",
    }),
];

function isRecoveryWindow(days: unknown): boolean {
    return days === undefined || days === 0 || between(7, 30, "days").holds(days);
}

/** Days between rotations; NaN if the rules do not determine them. An unknown value counts as 1. */
function daysBetween(rules: unknown): number {
    const days = get(rules, "automaticallyAfterDays");
    const expression = get(rules, "scheduleExpression");
    if (rules === unknown || days === unknown || expression === unknown) {
        return 1;
    }
    const rate = typeof expression === "string" ? /^rate\((\d+) (hour|day)s?\)$/.exec(expression) : null;
    return rate === null ? Number(days) : Number(rate[1]) / (rate[2] === "hour" ? 24 : 1);
}
