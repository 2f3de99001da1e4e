import { equals } from "../conditions";
import { type Resource, type Stack, get, list, refersTo, unknown } from "../resource";
import { type Rule, findings, property, stackRule } from "../rule";
import { allowing, statementsOf } from "./policyDocument";
import { isPublic, subnetsOf } from "./routes";
import { Types } from "./types";

export const rdsProxyRules: Rule[] = [
    property({
        id: "rds-proxy-tls",
        controls: ["CKV2_AWS_69"],
        title: "The proxy rejects connections without TLS",
        type: Types.proxy,
        property: "requireTls",
        both: equals(true),
        fix: "Set requireTls; DatabaseProxy always does.",
    }),
    stackRule({
        id: "rds-proxy-subnets",
        controls: ["RDS.2", "CKV_AWS_17"],
        title: "The proxy is in isolated or private subnets",
        types: [Types.proxy],
        allowed: "subnets that cannot be reached from the internet",
        fix: "Pass DatabaseProxy a network whose isolatedSubnetIds are isolated.",
        check(proxy, _environment, stack) {
            const open = subnetsOf(proxy, "vpcSubnetIds", stack).filter((subnet) => isPublic(subnet, stack));
            return findings({ what: "vpcSubnetIds", given: open.map(({ name }) => name), valid: open.length === 0 });
        },
    }),
    stackRule({
        id: "rds-proxy-secrets",
        controls: ["IAM.1", "IAM5"],
        title: "The proxy's role reads the secrets that the proxy logs in with, and no others",
        types: [Types.proxy],
        allowed: "secretsmanager:GetSecretValue on exactly the secrets in auths",
        fix: "Give the role one statement that names them; DatabaseProxy does.",
        check(proxy, _environment, stack) {
            const auths = get(proxy.properties, "auths");
            const secrets = list(proxy.properties, "auths").map((auth) => get(auth, "secretArn"));
            const policies = policiesOf(proxy, stack);
            // Unknown values cannot be compared.
            if (auths === unknown || [...secrets, ...policies].includes(unknown)) {
                return [];
            }
            const readable = allowing(policies.flatMap(statementsOf))
                .filter(({ actions }) => actions.includes("secretsmanager:GetSecretValue"))
                .flatMap(({ resources }) => resources);
            const same = JSON.stringify([...readable].sort()) === JSON.stringify([...secrets].sort());
            return findings({ what: "secrets that its role reads", given: readable, valid: same });
        },
    }),
];

/** Policies of the proxy's role, as text; unknown ones are marked. */
function policiesOf(proxy: Resource, stack: Stack): unknown[] {
    return stack
        .all(Types.role)
        .filter((role) => refersTo(proxy, "roleArn", role))
        .flatMap((role) => stack.referring(Types.rolePolicy, "role", role))
        .map(({ properties }) => get(properties, "policy"));
}
