import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import * as fc from "fast-check";
import { AuroraCluster, type AuroraClusterArgs, Engine } from "../../../components";
import { isOlder, refusedUpgrade, upgradeTarget, versionInFull } from "../../../components/cluster/version";
import { RdsCluster } from "../../support/aws/rdsCluster";
import { type Properties, type Recorded, record } from "../../support/mocks";

const network = { vpcId: "vpc-1", privateSubnetIds: ["private-1"], isolatedSubnetIds: ["isolated-1", "isolated-2"] };
const type = "aws:rds/cluster:Cluster";

/** What the program registers in this state of RDS. */
async function evaluate(rds: RdsCluster, args: Partial<AuroraClusterArgs>): Promise<Recorded> {
    const { one } = await record(() => new AuroraCluster("db", { network, ...args }), { call: rds.call });
    return one(type);
}

describe("the version of an AuroraCluster", () => {
    let rds: RdsCluster;
    const up = async (args: Partial<AuroraClusterArgs> = {}) => rds.up(await evaluate(rds, args));
    const asked = () => rds.modifications.map(({ EngineVersion }) => EngineVersion);

    beforeEach(() => {
        rds = new RdsCluster({ "16": "16.8", "17": "17.4" });
    });

    it("is AWS's default minor version, in full, from the beginning", async () => {
        const { inputs, ignoreChanges } = await evaluate(rds, {});
        assert.equal(inputs.engineVersion, "17.4");
        assert.deepEqual(ignoreChanges, ["masterPassword", "engineVersion"]);
    });

    it("is RDS's default of the major version as long as there is no cluster", async () => {
        const calls: [string, Properties][] = [];
        await record(() => new AuroraCluster("db", { network, engineVersion: "16" }), {
            call: (token, inputs) => {
                if (token.startsWith("aws:rds/")) calls.push([token.split(":")[2] ?? "", inputs]);
                return rds.call(token, inputs);
            },
        });
        assert.deepEqual(calls, [
            ["getClusters", { filters: [{ name: "db-cluster-id", values: ["db-stack"] }] }],
            ["getEngineVersion", { engine: "aurora-postgresql", version: "16", defaultOnly: true }],
        ]);
    });

    for (const refreshed of [false, true]) {
        describe(refreshed ? "with a refresh before each update" : "without a refresh", () => {
            const step = async (args: Partial<AuroraClusterArgs> = {}) => {
                if (refreshed) rds.refresh();
                await up(args);
            };

            it("follows RDS's upgrades, whatever else changes", async () => {
                await up();
                await step({ deletionProtection: true });
                rds.running = "17.6";
                await step({ deletionProtection: false });
                await step({ deletionProtection: false, backupRetentionDays: 14 });
                rds.running = "17.7";
                await step({ backupRetentionDays: 14 });
                await step({ backupRetentionDays: 21 });
                assert.equal(rds.running, "17.7");
                assert.deepEqual(asked(), [undefined, undefined, undefined, undefined]);
            });

            it("does not change if nothing else does", async () => {
                await up();
                rds.running = "17.6";
                await step();
                await step();
                assert.deepEqual(asked(), []);
            });

            it("is upgraded to another major version if that is allowed, and follows RDS again", async () => {
                const upgraded = { engineVersion: "17", allowMajorVersionUpgrade: true };
                await up({ engineVersion: "16" });
                rds.running = "16.9";
                await step(upgraded);
                assert.equal(rds.running, "17.4");
                await step(upgraded);
                await step({ engineVersion: "17" });
                rds.running = "17.6";
                await step({ engineVersion: "17", deletionProtection: true });
                assert.equal(rds.running, "17.6");
                assert.deepEqual(rds.modifications, [{ EngineVersion: "17.4", AllowMajorVersionUpgrade: true }, {}]);
            });

            it("is upgraded to a version that RDS lists for the running one, if the default is not listed", async () => {
                rds = new RdsCluster({ "16": "16.8", "17": "17.4" }, () => ["17.10", "17.5", "18.1"]);
                await up({ engineVersion: "16" });
                rds.running = "16.9";
                await step({ engineVersion: "17", allowMajorVersionUpgrade: true });
                assert.equal(rds.running, "17.5");
            });

            it("is never downgraded, even if upgrades are allowed or a full version is given", async () => {
                for (const args of [{ allowMajorVersionUpgrade: true }, { engineVersion: "17.4" }]) {
                    rds = new RdsCluster({ "17": "17.4" });
                    await up(args);
                    rds.running = "17.6";
                    await step(args);
                    await step({ ...args, deletionProtection: true });
                    assert.equal(rds.running, "17.6");
                    assert.ok(asked().every((version) => version === undefined || version === "17.6"));
                }
            });

            it("is upgraded to a minor version that is given in full", async () => {
                await up({ engineVersion: "17.4" });
                await step({ engineVersion: "17.5" });
                assert.equal(rds.running, "17.5");
                await step({ engineVersion: "17", deletionProtection: true });
                assert.deepEqual(asked(), ["17.5", undefined]);
            });
        });
    }

    it("is rejected if RDS does not upgrade the running version to it, naming the versions that are possible", () => {
        const target = (given: string, preferred: string, targets: string[]) =>
            upgradeTarget(
                { engine: Engine.AuroraPostgresql, given, running: "16.8", allowMajorVersionUpgrade: true },
                preferred,
                targets,
            );
        const fix = "Upgrade to a version that RDS lists first.";
        const refusal = (allowed: string, given: string) => ({ refusal: { given, running: "16.8", allowed, fix } });
        assert.deepEqual(target("17", "17.4", ["18.1"]), refusal("what RDS upgrades 16.8 to: 18.1", "17"));
        assert.deepEqual(target("17.4", "17.4", ["17.5"]), refusal("what RDS upgrades 16.8 to: 17.5", "17.4"));
        assert.deepEqual(
            target("17", "17.4", []),
            refusal("nothing else: RDS cannot upgrade 16.8 to another major version", "17"),
        );
        assert.deepEqual(target("17.4", "17.4", ["17.5", "17.4"]), { version: "17.4" });
        assert.deepEqual(target("17", "17.4", ["17.10", "17.9"]), { version: "17.9" });
    });

    it("would be requested repeatedly as a major version alone, which shows that the provider's mock is right", async () => {
        const { inputs } = await evaluate(rds, {});
        const alone = (more: Properties) => ({
            inputs: { ...inputs, ...more, engineVersion: "17" },
            ignoreChanges: ["masterPassword"],
        });
        rds.up(alone({}));
        rds.running = "17.6";
        assert.throws(() => rds.up(alone({ deletionProtection: true })), {
            message: "Cannot upgrade aurora-postgresql from 17.6 to 17.4",
        });
    });

    it("is AWS's default in a cluster that replaces one of another engine", async () => {
        const call = (token: string, inputs: Properties) =>
            token.endsWith(":getCluster")
                ? { engine: "aurora-mysql", engineVersion: "8.0.mysql_aurora.3.08.0" }
                : rds.call(token, inputs);
        rds.running = "8.0";
        const { one } = await record(() => new AuroraCluster("db", { network }), { call });
        assert.equal(one(type).inputs.engineVersion, "17.4");
    });

    it("may be unknown in a preview", async () => {
        const { one } = await record(() => new AuroraCluster("db", { network }), {
            preview: true,
            call: (token) => (token.startsWith("aws:rds/") ? { clusterIdentifiers: pulumi.unknown } : undefined),
        });
        assert.ok(pulumi.isUnknown(one(type).inputs.engineVersion));
    });

    it("is rejected if the cluster runs another major version, with the fix", () => {
        const refusal = (given: string, running: string, allowMajorVersionUpgrade = false) =>
            refusedUpgrade({ engine: Engine.AuroraPostgresql, given, running, allowMajorVersionUpgrade });
        assert.deepEqual(refusal("17", "16.8"), {
            given: "17",
            running: "16.8",
            allowed: "16, or a higher one with allowMajorVersionUpgrade",
            fix: "Give that version, or set allowMajorVersionUpgrade for the upgrade.",
        });
        assert.deepEqual(refusal("16", "17.4", true), {
            given: "16",
            running: "17.4",
            allowed: "17",
            fix: "RDS cannot go back: give that version, or restore a snapshot that was taken before the upgrade.",
        });
        assert.equal(refusal("17", "16.8", true), undefined);
        assert.equal(refusal("17.2", "17.6"), undefined);
        // A version that this package does not know yet.
        assert.match(refusal("17", "18.1")?.allowed ?? "", /^18\.1$/);
    });

    it("is never older than the running one, and is the given one if that is newer", () => {
        const part = fc.integer({ min: 0, max: 30 });
        fc.assert(
            fc.property(
                fc.constantFrom("14", "15", "16", "17"),
                part,
                part,
                fc.boolean(),
                (major, one, other, full) => {
                    const running = `${major}.${one}`;
                    const given = full ? `${major}.${other}` : major;
                    const wanted = { engine: Engine.AuroraPostgresql, given, allowMajorVersionUpgrade: false };
                    const chosen = versionInFull({ ...wanted, running }) ?? "";
                    assert.equal(isOlder(chosen, running), false);
                    assert.equal(chosen, full && other > one ? given : running);
                    assert.equal(versionInFull({ ...wanted, running: undefined }), full ? given : undefined);
                },
            ),
        );
        assert.equal(isOlder("8.0.mysql_aurora.3.9.0", "8.0.mysql_aurora.3.10.0"), true);
        assert.equal(isOlder("8.0.mysql_aurora.3.10.0", "8.0.mysql_aurora.3.9.0"), false);
    });
});
