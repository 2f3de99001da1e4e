import * as assert from "node:assert/strict";
import { buildsForSuite } from "../../support/builds";
import type { Recording } from "../../support/mocks";

/** Security group rules as text: name, port and target. */
function ruleTexts(recording: Recording<unknown>, direction: "Egress" | "Ingress"): string[] {
    const type = `aws:vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`;
    return recording
        .all(type)
        .map(({ name, inputs }) => {
            const { securityGroupId, ipProtocol, fromPort, toPort } = inputs as Record<string, string | number>;
            const target = (inputs.referencedSecurityGroupId ?? inputs.prefixListId ?? inputs.cidrIpv4) as string;
            assert.equal(fromPort, toPort);
            assert.ok((inputs.description as string).length > 0);
            return `${name}: ${ipProtocol} ${fromPort} of ${securityGroupId}, ${target}`;
        })
        .sort();
}

describe("the network of a build", () => {
    const { recordBuild } = buildsForSuite();

    it("leads to the database and, through NAT, to AWS", async () => {
        const recording = await recordBuild();
        assert.deepEqual(ruleTexts(recording, "Egress"), [
            "orders-plan-to-database: tcp 15432 of orders-plan-id, sg-database",
            "orders-plan-to-internet: tcp 443 of orders-plan-id, 0.0.0.0/0",
        ]);
    });

    it('leads nowhere but to AWS\'s endpoints with egress "Endpoints"', async () => {
        const recording = await recordBuild({ egress: "Endpoints" });
        assert.deepEqual(ruleTexts(recording, "Egress"), [
            "orders-plan-to-database: tcp 15432 of orders-plan-id, sg-database",
            "orders-plan-to-endpoints: tcp 443 of orders-plan-id, sg-endpoints",
            "orders-plan-to-s3: tcp 443 of orders-plan-id, pl-s3",
        ]);
    });

    it("admits only the build to the database", async () => {
        assert.deepEqual(ruleTexts(await recordBuild(), "Ingress"), [
            "orders-plan-into-database: tcp 15432 of sg-database, orders-plan-id",
        ]);
    });

    it("has no inline rules, which would conflict with the others", async () => {
        const { inputs } = (await recordBuild()).one("aws:ec2/securityGroup:SecurityGroup");
        assert.deepEqual(inputs, { vpcId: "vpc-1", description: "Builds of orders-plan" });
    });
});
