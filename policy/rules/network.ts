import { absent, satisfies } from "../conditions";
import { type Resource, type Stack, get, list, refersTo, unknown } from "../resource";
import { type Rule, findings, property, resourceRule, stackRule } from "../rule";
import { Types } from "./types";

const everywhere = ["0.0.0.0/0", "::/0"];

const vpcRules: Rule[] = [
    stackRule({
        id: "vpc-default-security-group",
        controls: ["EC2.2"],
        title: "The default security group has no rules",
        types: [Types.vpc],
        allowed: "a DefaultSecurityGroup without rules",
        fix: "Add one; Network does.",
        check(vpc, _environment, stack) {
            const groups = stack
                .all(Types.defaultSecurityGroup)
                .filter((group) => refersTo(group, "vpcId", vpc))
                .map(({ properties }) => [...list(properties, "ingress"), ...list(properties, "egress")]);
            const given = groups.length === 0 ? undefined : groups.flat();
            const valid = groups.length > 0 && groups.flat().length === 0;
            return findings({ what: "default security group", given, valid });
        },
    }),
    stackRule({
        id: "vpc-flow-log",
        controls: ["EC2.6"],
        title: "Traffic is logged",
        types: [Types.vpc],
        allowed: { dev: "a FlowLog of REJECT or ALL", prod: "a FlowLog of ALL" },
        fix: "Set flowLogs of Network.",
        check(vpc, environment, stack) {
            const enough = environment === "prod" ? ["ALL", unknown] : ["ALL", "REJECT", unknown];
            const given = stack
                .all(Types.flowLog)
                .filter((log) => refersTo(log, "vpcId", vpc))
                .map(({ properties }) => get(properties, "trafficType"));
            const valid = given.some((traffic) => enough.includes(traffic as string));
            return findings({ what: "flow logs", given, valid });
        },
    }),
];

const groupRules: Rule[] = [
    property({
        id: "sg-group-description",
        controls: ["CKV_AWS_23"],
        title: "A security group has a description",
        type: Types.securityGroup,
        property: "description",
        both: satisfies(
            "a text of your own",
            (text) => typeof text === "string" && text !== "" && text !== "Managed by Pulumi",
        ),
        fix: "Set description; a later change replaces the group.",
    }),
    resourceRule({
        id: "sg-rule-description",
        controls: ["CKV_AWS_23"],
        title: "A security group rule has a description",
        types: [Types.ingressRule, Types.egressRule],
        allowed: "a text",
        fix: "Set description.",
        check({ properties }) {
            const given = get(properties, "description");
            return findings({ what: "description", given, valid: given !== undefined });
        },
    }),
    ...(["ingress", "egress"] as const).map((direction) =>
        property({
            id: `sg-no-inline-${direction}`,
            controls: ["CKV_AWS_23", "CKV_AWS_382"],
            title: `Rules for ${direction} are separate resources, which the other rules check`,
            type: Types.securityGroup,
            property: direction,
            both: absent("nothing"),
            fix: `Use aws.vpc.SecurityGroup${direction === "ingress" ? "Ingress" : "Egress"}Rule.`,
        }),
    ),
];

const ingressRules: Rule[] = [
    resourceRule({
        id: "sg-no-public-ingress",
        controls: ["EC2.18", "EC2.19"],
        title: "No rule allows ingress from the internet",
        types: [Types.ingressRule],
        allowed: "a security group, or a range within the network",
        fix: "Set referencedSecurityGroupId.",
        check: ({ properties }) =>
            (["cidrIpv4", "cidrIpv6"] as const).flatMap((what) => {
                const given = get(properties, what);
                return findings({ what, given, valid: !everywhere.includes(given as string) });
            }),
    }),
    stackRule({
        id: "sg-database-ingress",
        controls: ["EC2.18", "EC2.19"],
        title: "The database allows ingress from security groups only, at one port",
        types: [Types.ingressRule],
        allowed: "referencedSecurityGroupId, tcp, one port",
        fix: "Pass allowedSecurityGroupIds to AuroraCluster.",
        check(rule, _environment, stack) {
            const { properties } = rule;
            if (!isOfDatabase(rule, stack)) {
                return [];
            }
            const source = get(properties, "referencedSecurityGroupId");
            const ports = portsOf(properties);
            return findings(
                { what: "referencedSecurityGroupId", given: source, valid: source !== undefined },
                { what: "ports", given: ports, valid: isOnePort(properties) },
            );
        },
    }),
];

const egressRules: Rule[] = [
    resourceRule({
        id: "sg-explicit-egress",
        controls: ["CKV_AWS_382"],
        title: "Egress is restricted to one protocol and one port",
        types: [Types.egressRule],
        allowed: "tcp or udp, one port",
        fix: "Set ipProtocol, fromPort and toPort.",
        check({ properties }) {
            return findings({ what: "ports", given: portsOf(properties), valid: isOnePort(properties) });
        },
    }),
    stackRule({
        id: "sg-internet-egress",
        controls: ["CKV_AWS_382"],
        title: "Egress to the internet is HTTPS through a NAT gateway, or there is none",
        types: [Types.egressRule],
        allowed:
            "0.0.0.0/0 at port 443 in a stack with a NAT gateway or an existing VPC; otherwise a group, list or range",
        fix: "Leave it to MigrationBuild, whose egress follows that of Network.",
        check({ properties }, _environment, stack) {
            const given = get(properties, "cidrIpv4") ?? get(properties, "cidrIpv6");
            const valid =
                !everywhere.includes(given as string) || (get(properties, "toPort") === 443 && mayReachInternet(stack));
            return findings({ what: `destination of ${portsOf(properties)}`, given, valid });
        },
    }),
];

export const networkRules: Rule[] = [...vpcRules, ...groupRules, ...ingressRules, ...egressRules];

function isOfDatabase(rule: Resource, stack: Stack): boolean {
    return stack
        .all(Types.securityGroup)
        .filter((group) => refersTo(rule, "securityGroupId", group))
        .some((group) => stack.all(Types.cluster).some((cluster) => refersTo(cluster, "vpcSecurityGroupIds", group)));
}

function portsOf(properties: Record<string, unknown>): string {
    return ["ipProtocol", "fromPort", "toPort"].map((path) => text(get(properties, path))).join(" ");
}

function text(value: unknown): string {
    return value === unknown ? "(not known yet)" : JSON.stringify(value ?? "nothing").replaceAll('"', "");
}

function isOnePort(properties: Record<string, unknown>): boolean {
    const [protocol, from, to] = ["ipProtocol", "fromPort", "toPort"].map((path) => get(properties, path));
    if ([protocol, from, to].includes(unknown)) {
        return true;
    }
    return (protocol === "tcp" || protocol === "udp") && from !== undefined && from === to;
}

/** In an existing VPC, someone else decides about the egress. */
function mayReachInternet(stack: Stack): boolean {
    return stack.all(Types.vpc).length === 0 || stack.all(Types.natGateway).length > 0;
}
