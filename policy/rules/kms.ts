import { atLeast, equals } from "../conditions";
import { get } from "../resource";
import { type Rule, findings, property, resourceRule } from "../rule";
import { allowing, isEverybody, statementsOf } from "./policyDocument";
import { Types } from "./types";

export const kmsRules: Rule[] = [
    property({
        id: "kms-rotation",
        controls: ["KMS.4"],
        title: "The key is rotated",
        type: Types.key,
        property: "enableKeyRotation",
        both: equals(true),
        fix: "Set enableKeyRotation.",
    }),
    resourceRule({
        id: "kms-policy",
        controls: ["KMS.5"],
        title: "The key's policy is explicit and for named principals",
        types: [Types.key],
        allowed: "a policy whose principals are named",
        fix: 'Set policy, without the principal "*".',
        check({ properties }) {
            const policy = get(properties, "policy");
            const open = allowing(statementsOf(policy)).filter(isEverybody);
            return [
                ...findings({ what: "policy", given: policy, valid: policy !== undefined }),
                ...open.map(({ sid }) => ({ what: `policy, statement ${sid}, Principal`, given: "*" })),
            ];
        },
    }),
    property({
        id: "kms-deletion-window",
        controls: ["KMS.3"],
        title: "The deletion of a key can be cancelled",
        type: Types.key,
        property: "deletionWindowInDays",
        dev: atLeast(7, "days"),
        prod: equals(30),
        fix: "Set deletionWindowInDays.",
    }),
];
