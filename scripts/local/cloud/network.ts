import type { RecordedResource } from "../recorded";

/** The local equivalent of a port that no security group opens: no ordinary program can listen on it. */
export const closedPort = 1;

interface Rule {
    /** The group that has the rule. */
    group: string;
    /** The group at the other end; undefined for a range of addresses. */
    other?: string;
    from: number;
    to: number;
}

/**
 * Who can reach whom, by the recorded rules of security groups. As in a VPC, a rule of the client's group must allow
 * the egress, and a rule of the server's group the ingress. Ingress rules by address admit no client here, since recorded
 * resources have no addresses.
 */
export class SecurityGroups {
    private constructor(
        private readonly egress: readonly Rule[],
        private readonly ingress: readonly Rule[],
    ) {}

    static of(resources: readonly RecordedResource[]): SecurityGroups {
        const rulesOf = (kind: string) =>
            resources
                .filter(({ type }) => type === `aws:vpc/securityGroup${kind}Rule:SecurityGroup${kind}Rule`)
                .map(({ inputs }) => ruleOf(inputs));
        return new SecurityGroups(rulesOf("Egress"), rulesOf("Ingress"));
    }

    admit(client: readonly string[], server: readonly string[], port: number): boolean {
        const between = (rules: readonly Rule[], own: readonly string[], others: readonly string[]) =>
            rules.some(
                ({ group, other, from, to }) =>
                    own.includes(group) && other !== undefined && others.includes(other) && from <= port && port <= to,
            );
        return between(this.egress, client, server) && between(this.ingress, server, client);
    }
}

function ruleOf(inputs: Record<string, unknown>): Rule {
    return {
        group: inputs["securityGroupId"] as string,
        other: inputs["referencedSecurityGroupId"] as string | undefined,
        from: Number(inputs["fromPort"]),
        to: Number(inputs["toPort"]),
    };
}
