import { type Resource, get, list, unknown } from "../resource";
import { type Finding, type Rule, findings, resourceRule } from "../rule";
import { type Statement, allowing, statementsOf } from "./policyDocument";
import { Types } from "./types";

const policyTypes: string[] = [Types.rolePolicy, Types.managedPolicy, Types.role];
const requiredTrustKeys = ["aws:sourceaccount", "aws:sourcearn"];

export const iamRules: Rule[] = [
    resourceRule({
        id: "iam-named-actions",
        controls: ["IAM.1", "IAM.21", "IAM5"],
        title: "No policy allows a wildcard action",
        types: policyTypes,
        allowed: "actions by name",
        fix: "Name each action.",
        check: (resource) =>
            grantsOf(resource).flatMap((statement) => {
                const wild = statement.actions.filter((action) => action.includes("*"));
                return [
                    ...findings({ what: `statement ${statement.sid}, Action`, given: wild, valid: wild.length === 0 }),
                    ...findings({
                        what: `statement ${statement.sid}, NotAction`,
                        given: statement.notActions,
                        valid: statement.notActions.length === 0,
                    }),
                ];
            }),
    }),
    resourceRule({
        id: "iam-named-resources",
        controls: ["IAM.1", "IAM5"],
        title: "No policy allows an action on every resource",
        types: policyTypes,
        allowed: "resources by ARN; * only for ec2:Describe* and ecr:GetAuthorizationToken",
        fix: "Name the resources.",
        check: (resource) =>
            grantsOf(resource).flatMap((statement) => {
                const everything = statement.resources.includes("*") || statement.notResources.length > 0;
                const given = statement.actions.filter(
                    (action) => !/^(ec2:Describe|ecr:GetAuthorizationToken$)/.test(action),
                );
                const valid = !everything || given.length === 0;
                return findings({ what: `statement ${statement.sid}, actions on Resource *`, given, valid });
            }),
    }),
    resourceRule({
        id: "iam-named-keys",
        controls: ["KMS.1", "KMS.2"],
        title: "No policy allows decryption with every key",
        types: policyTypes,
        allowed: "ARNs of keys",
        fix: "Name the key.",
        check: (resource) =>
            grantsOf(resource)
                .filter(({ actions }) => actions.some((action) => /^(\*|kms:(\*|Decrypt|ReEncrypt.*))$/.test(action)))
                .flatMap(({ sid, resources }) => {
                    const given = resources.filter((arn) => /^\*$|:(key\/|alias\/)?\*$/.test(arn));
                    return findings({ what: `statement ${sid}, Resource`, given, valid: given.length === 0 });
                }),
    }),
    resourceRule({
        id: "iam-named-database-users",
        controls: ["least privilege"],
        title: "IAM authentication allows one database and one user",
        types: policyTypes,
        allowed: "dbuser:<resource id of the cluster>/<user>, without wildcards",
        fix: "Name the cluster and the user; MigrationBuild does.",
        check: (resource) =>
            grantsOf(resource)
                .filter(({ actions }) => actions.some((action) => action.startsWith("rds-db:")))
                .flatMap(({ sid, resources }) => {
                    const given = resources.filter((arn) => !/:dbuser:[^*?/]+\/[^*?]+$/.test(arn));
                    return findings({ what: `statement ${sid}, Resource`, given, valid: given.length === 0 });
                }),
    }),
    resourceRule({
        id: "iam-attached-policies",
        controls: ["IAM.1"],
        title: "The only AWS managed policies attached are those for service roles",
        types: [Types.rolePolicyAttachment],
        allowed: "policies of this account, and arn:aws:iam::aws:policy/service-role/*",
        fix: "Write a policy of your own.",
        check({ properties }) {
            const arn = get(properties, "policyArn");
            const broad = typeof arn === "string" && /:iam::aws:policy\/(?!service-role\/)/.test(arn);
            return findings({ what: "policyArn", given: arn, valid: !broad });
        },
    }),
    resourceRule({
        id: "iam-trust",
        controls: ["CKV_AWS_60", "CKV_AWS_61"],
        title: "A role trusts one service, on behalf of one resource of this account",
        types: [Types.role],
        allowed: "one Service, with conditions on aws:SourceAccount and aws:SourceArn",
        fix: "Name the service and add the conditions.",
        check: ({ properties }) => allowing(statementsOf(get(properties, "assumeRolePolicy"))).flatMap(trustProblems),
    }),
];

/** The statements of a policy that allow something; a denial may be as broad as it likes. */
function grantsOf({ type, properties }: Resource): Statement[] {
    const policies =
        type === Types.role
            ? list(properties, "inlinePolicies").map((inline) => get(inline, "policy"))
            : [get(properties, "policy")];
    return allowing(policies.filter((policy) => policy !== unknown).flatMap(statementsOf));
}

function trustProblems({ sid, principals, conditionKeys }: Statement): Finding[] {
    const services = principals.Service ?? [];
    return findings(
        {
            what: `trust, statement ${sid}, Principal`,
            given: principals,
            valid: Object.keys(principals).length === 1 && services.length === 1 && !services.includes("*"),
        },
        {
            what: `trust, statement ${sid}, Condition`,
            given: conditionKeys,
            valid: requiredTrustKeys.every((key) => conditionKeys.includes(key)),
        },
    );
}
