import assert from "node:assert/strict";
import { evaluatePolicies } from "../../policy/evaluate";
import { rules } from "../../policy/rules";
import { Types } from "../../policy/rules/types";
import type { Recorded } from "../support/mocks";
import { type Diagnostic, Engine, unknownOnTheWire } from "../support/policyEngine";
import { recordStack } from "../policy/stack";

const sorted = (texts: string[]) => [...texts].sort();

const titleOf = (id: string) => rules.find((rule) => rule.id === id)!.title;

/** What the pack finds: resources one by one, then all of them. */
async function findings(engine: Engine, resources: Recorded[]): Promise<Diagnostic[]> {
    const found: Diagnostic[] = [];
    for (const resource of resources) {
        found.push(...(await engine.analyze(resource)));
    }
    return [...found, ...(await engine.analyzeStack(resources))];
}

describe("the policy pack, asked as the Pulumi engine asks it", () => {
    let engine: Engine;
    let dev: Recorded[];
    before(async () => {
        dev = await recordStack("dev");
        engine = await Engine.start("prod");
    });
    after(() => engine.stop());

    it("serves every rule as a policy", async () => {
        assert.deepEqual(
            await engine.policies(),
            rules.map(({ id }) => id),
        );
    });

    it("finds what the tests find, as violations that stop an update", async () => {
        const found = await findings(engine, dev);
        const expected = evaluatePolicies(dev, { environment: "prod" });
        assert.ok(expected.length > 20);
        assert.deepEqual(
            sorted(found.map(({ policy, urn, message }) => `${policy} ${urn} ${message}`)),
            sorted(expected.map(({ rule, urn, message }) => `${rule} ${urn} ${titleOf(rule)}\n${message}`)),
        );
        assert.ok(found.every(({ mandatory }) => mandatory));
    });

    it("says nothing about a value that is not known yet, and still judges the others", async () => {
        const cluster = dev.find(({ type }) => type === Types.cluster)!;
        const inputs = { ...cluster.inputs, kmsKeyId: unknownOnTheWire, storageEncrypted: false };
        const found = await engine.analyze({ ...cluster, inputs });
        const policies = found.map(({ policy }) => policy);
        assert.ok(policies.includes("rds-storage-encrypted"));
        assert.ok(!policies.includes("rds-customer-key"));
        assert.ok(
            found.every(({ mandatory }) => mandatory),
            "none that could not run",
        );
    });

    it("takes the environment from the policy's configuration first", async () => {
        const cluster = dev.find(({ type }) => type === Types.cluster)!;
        const isProtected = async () => (await engine.analyze(cluster)).some(({ policy }) => policy === "rds-protect");
        assert.ok(await isProtected());
        await engine.configure("rds-protect", { environment: "dev" });
        assert.ok(!(await isProtected()));
        await engine.configure("rds-protect", {});
        assert.ok(await isProtected());
    });

    it("takes it from the program's configuration, whatever the stack is called", async () => {
        const other = await Engine.start("europe", { "aurora-pipeline:environment": "dev" });
        try {
            assert.deepEqual(await findings(other, dev), []);
        } finally {
            await other.stop();
        }
    });
});
