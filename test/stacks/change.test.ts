import assert from "node:assert/strict";
import { environments } from "../../policy/rule";
import { type Changes, compare, isNothing } from "../../scripts/changes/compare";
import { evaluate, Stacks } from "../../scripts/changes/evaluate";
import { behaviours } from "../../scripts/changes/provider";
import { replacedByDocstring } from "../../scripts/changes/docstrings";
import { isReplaced } from "../../scripts/changes/replacement";
import type { Variation } from "../../scripts/changes/variations";
import { nameClashes, replacedCluster } from "../support/identities";
import type { Recorded } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";

// Every key by itself is test/integration/changes.test.ts: a hundred evaluations take their time.

const named = (resources: Recorded[], type: string) =>
    resources.filter((resource) => resource.type === type).map(({ name }) => name);
const idle: Changes = { added: [], removed: [], updated: [], replaced: [], refused: [] };

describe("a change of a live stack", () => {
    for (const environment of environments) {
        it(`is none when the config of ${environment} is the same`, async () => {
            const changes = compare(await evaluate(environment), await evaluate(environment));
            assert.deepEqual(changes, idle);
            assert.ok(isNothing(changes));
        });
    }

    describe("of the number of zones", () => {
        const subnet = "aws:ec2/subnet:Subnet";
        const perZone: Record<string, string[]> = {
            NatPerAz: ["isolated", "private", "public"],
            Endpoints: ["isolated", "private"],
        };

        for (const [egress, kinds] of Object.entries(perZone)) {
            it(`renumbers nothing from 2 to 3 to 4 (${egress})`, async () => {
                const stacks: Recorded[][] = [];
                for (const availabilityZones of ["2", "3", "4"]) {
                    stacks.push(await evaluate("prod", { egress, availabilityZones }));
                }
                for (const [from, to, zone] of [
                    [0, 1, 3],
                    [1, 2, 4],
                ] as const) {
                    const { added, removed, replaced } = compare(stacks[from] as Recorded[], stacks[to] as Recorded[]);
                    assert.deepEqual(replaced, []);
                    assert.deepEqual(removed, []);
                    assert.deepEqual(
                        named(added, subnet).sort(),
                        kinds.map((kind) => `aurora-pipeline-prod-${kind}-${zone}`),
                    );
                }
            });
        }
    });

    describe("of the egress", () => {
        const egresses = ["NatPerAz", "SingleNat", "Endpoints"];
        const pairs = egresses.flatMap((from) => egresses.filter((to) => to !== from).map((to) => [from, to] as const));
        const stacks = new Stacks();
        /** What comes and goes around the VPC; all else of the network stays. */
        const gateways = /^aws:ec2\/(eip|internetGateway|natGateway|route):/;
        const publicSubnets = /^aws:ec2\/(subnet|routeTable|routeTableAssociation):/;
        const endpoints = /^aws:(ec2\/(vpcEndpoint|securityGroup)|vpc\/securityGroup(Ingress|Egress)Rule):/;

        for (const [from, to] of nonEmpty(pairs)) {
            it(`replaces no part of the network, and touches no subnet that holds something (${from} → ${to})`, async () => {
                const variation = { key: "egress", given: {}, from, to } as const;
                const { added, removed, replaced, refused, updated } = await stacks.change("prod", variation);
                assert.deepEqual(refused, []);
                for (const { resource } of replaced) {
                    // What a rule of a security group leads to: replaced in a moment, and nothing hangs on it.
                    assert.match(resource.type, /^aws:vpc\/securityGroupEgressRule:/, resource.name);
                }
                for (const { type, name } of [...added, ...removed]) {
                    const isPublic = publicSubnets.test(type) && name.startsWith("aurora-pipeline-prod-public");
                    assert.ok(isPublic || gateways.test(type) || endpoints.test(type), `${type} ${name}`);
                }
                for (const { resource } of updated) {
                    assert.match(resource.type, /^aws:ec2\/(route|vpcEndpoint):/, resource.name);
                }
            });
        }
    });

    it("of the addresses replaces the whole network, including the public addresses", async () => {
        const change = await new Stacks().change("prod", { key: "cidrBlock", given: {}, to: "10.1.0.0/16" });
        const network = new Set(
            (await evaluate("prod")).map(({ type }) => type).filter((type) => /^aws:ec2\/(?!eip:)/.test(type)),
        );
        const replaced = new Set(change.replaced.map(({ resource }) => resource.type));
        assert.deepEqual(
            [...network].filter((type) => !replaced.has(type)),
            [],
        );
        const changed = [...change.updated, ...change.replaced].map(({ resource }) => resource);
        assert.deepEqual(named(changed, "aws:ec2/eip:Eip"), []);
    });

    describe("that replaces the cluster", () => {
        const version = "aws:secretsmanager/secretVersion:SecretVersion";
        let live: Recorded[];
        before(async () => {
            live = await evaluate("prod");
        });

        it("rewrites the secrets, because a new cluster has the initial passwords, and replaces no secret", async () => {
            const { replaced } = compare(
                live,
                await evaluate("prod", { restoreFrom: "orders-2026-01-01", applyChanges: "Immediately" }),
            );
            const types = replaced.map(({ resource }) => resource.type);
            assert.ok(types.includes("aws:rds/cluster:Cluster"));
            assert.deepEqual(
                named(
                    replaced.map(({ resource }) => resource),
                    version,
                ),
                named(live, version),
            );
            assert.ok(!types.includes("aws:secretsmanager/secret:Secret"));
            assert.ok(!types.includes("random:index/randomPassword:RandomPassword"));
        });

        it("does not happen for a change in place: rotation owns the secrets then", async () => {
            const { updated, replaced } = compare(live, await evaluate("prod", { maxCapacity: "16" }));
            assert.deepEqual(replaced, []);
            assert.deepEqual(
                named(
                    updated.map(({ resource }) => resource),
                    version,
                ),
                [],
            );
        });
    });

    describe("that replaces a resource with a fixed name", () => {
        const stacks = new Stacks();
        const changes: Variation[] = [
            { key: "engine", given: {}, to: "aurora-mysql" },
            { key: "cidrBlock", given: {}, to: "10.1.0.0/16" },
            { key: "sourceProvider", given: {}, to: "GitLab" },
            { key: "sourceProvider", given: {}, from: "GitLab", to: "Bitbucket" },
            { key: "vaultRetentionDays", given: {}, to: "90" },
        ];
        const clusterChanges = ["engine", "cidrBlock"];

        for (const variation of changes) {
            const { key, from = "not set", to } = variation;

            it(`deletes the old one first (${key}, ${from} → ${to})`, async () => {
                const change = await stacks.change("prod", variation);
                assert.ok(change.replaced.some(({ resource }) => resource.deleteBeforeReplace));
                assert.deepEqual(nameClashes(change), []);
                // The next cluster needs another name for its final snapshot.
                const expected = clusterChanges.includes(key) ? { leavesSnapshot: true, renamed: true } : undefined;
                assert.deepEqual(replacedCluster(change), expected);
            });
        }

        it("would be found without deleteBeforeReplace", async () => {
            const { replaced, ...others } = await stacks.change("prod", changes[0] as Variation);
            const without = replaced.map(({ resource, ...rest }) => ({
                ...rest,
                resource: { ...resource, deleteBeforeReplace: false },
            }));
            assert.deepEqual(nameClashes({ ...others, replaced: without }), [
                ...["rotation", "migrator-rotation", "planner-rotation"].map(
                    (name) =>
                        `aws:serverlessrepository/cloudFormationStack:CloudFormationStack "aurora-pipeline-prod-${name}" ` +
                        "keeps parameters.functionName: deleteBeforeReplace",
                ),
                'aws:rds/cluster:Cluster "aurora-pipeline-prod" keeps clusterIdentifier: deleteBeforeReplace',
            ]);
        });
    });

    describe("that removes protection", () => {
        const [protectedTypes, key] = [["aws:rds/cluster:Cluster"], "aws:kms/key:Key"];
        let live: Recorded[];
        let unprotected: Recorded[];

        before(async () => {
            live = await evaluate("prod");
            unprotected = await evaluate("prod", { deletionProtection: "false" });
        });

        const types = (resources: Recorded[]) => resources.map(({ type }) => type).sort();

        it("is refused in one step: destroying prod, or replacing its cluster", async () => {
            assert.deepEqual(types(compare(live, []).refused), [key, ...protectedTypes]);
            const both = await evaluate("prod", { deletionProtection: "false", databaseName: "orders" });
            assert.deepEqual(types(compare(live, both).refused), protectedTypes);
        });

        it("is refused by RDS as well, as long as its own protection is on", () => {
            const inputs = (resources: Recorded[]) =>
                resources.find(({ type }) => type === "aws:rds/cluster:Cluster")?.inputs;
            assert.equal(inputs(live)?.deletionProtection, true);
            assert.equal(inputs(unprotected)?.deletionProtection, false);
        });

        it("is a separate step that changes nothing else", () => {
            const { added, removed, replaced, refused, updated } = compare(live, unprotected);
            assert.deepEqual([added, removed, replaced, refused], [[], [], [], []]);
            assert.deepEqual(
                updated.map(({ resource, inputs }) => [resource.type, inputs]),
                [["aws:rds/cluster:Cluster", ["deletionProtection"]]],
            );
        });

        it("is followed by a second step, which leaves a snapshot and time to restore the key", async () => {
            assert.deepEqual(compare(unprotected, []).refused, []);
            const replacing = compare(
                unprotected,
                await evaluate("prod", { deletionProtection: "false", databaseName: "orders" }),
            );
            assert.deepEqual(replacing.refused, []);
            assert.equal(
                unprotected.find(({ type }) => type === "aws:rds/cluster:Cluster")?.inputs.skipFinalSnapshot,
                false,
            );
            assert.equal(unprotected.find(({ type }) => type === key)?.inputs.deletionWindowInDays, 30);
        });
    });

    it("moves the database to another VPC only together with its cluster, and to another subnet without", async () => {
        const vpc = {
            privateSubnetIds: '["subnet-00000001"]',
            isolatedSubnetIds: '["subnet-00000002","subnet-00000003"]',
        };
        const before = await evaluate("dev", { vpcId: "vpc-00000001", ...vpc });
        const moved = compare(before, await evaluate("dev", { vpcId: "vpc-00000002", ...vpc }));
        const replaced = moved.replaced.map(({ resource }) => resource.type);
        assert.ok(replaced.includes("aws:rds/cluster:Cluster") && replaced.includes("aws:rds/subnetGroup:SubnetGroup"));
        const isolatedSubnetIds = '["subnet-00000002","subnet-00000004"]';
        const { replaced: none, updated } = compare(
            before,
            await evaluate("dev", { vpcId: "vpc-00000001", ...vpc, isolatedSubnetIds }),
        );
        assert.deepEqual(none, []);
        assert.deepEqual(
            updated.map(({ resource, inputs }) => [resource.type, inputs]),
            [["aws:rds/subnetGroup:SubnetGroup", ["subnetIds"]]],
        );
    });
});

describe("what the provider replaces", () => {
    it("is documented in some docstrings", () => {
        assert.deepEqual([...replacedByDocstring("random:index/randomId:RandomId")], ["keepers"]);
        assert.ok(isReplaced("random:index/randomId:RandomId", "keepers", false));
    });

    it("is an error if it is not recorded", () => {
        assert.throws(() => isReplaced("aws:rds/cluster:Cluster", "newInput", false), {
            message:
                "AP3702: It is not recorded whether a change of newInput replaces a aws:rds/cluster:Cluster. " +
                "Look it up in the provider's schema, and add it to scripts/changes/provider.ts.",
        });
    });

    it("depends on whether it was there, for the source of a security group's rule", () => {
        const rule = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
        assert.equal(isReplaced(rule, "cidrIpv4", true), true);
        assert.equal(isReplaced(rule, "cidrIpv4", false), false);
    });

    for (const [type, { source, replaces = [], updates = [], replacesWhenSwitched = [] }] of nonEmpty(
        Object.entries(behaviours),
    )) {
        it(`has a source and no contradiction: ${type}`, () => {
            assert.match(source, /^(terraform-provider-random )?internal\/(service|provider)\/[\w/]+\.go$/);
            const all = [...replaces, ...updates, ...replacesWhenSwitched];
            assert.equal(new Set(all).size, all.length);
            const documented = replacedByDocstring(type);
            assert.deepEqual(
                updates.filter((input) => documented.has(input)),
                [],
            );
        });
    }
});
