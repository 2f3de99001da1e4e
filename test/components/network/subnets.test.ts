import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Egress, Network, type NetworkArgs } from "../../../components/network";
import { zoneOf } from "../../../components/network/subnets";
import { compare, isNothing } from "../../../scripts/changes/compare";
import { type Properties, record, type Recorded } from "../../support/mocks";
import { nonEmpty } from "../../support/nonEmpty";

const vpcType = "aws:ec2/vpc:Vpc";
const subnetType = "aws:ec2/subnet:Subnet";
const zones = (resources: Recorded[]) => resources.map(({ inputs }) => inputs.availabilityZone as unknown);
const zoneList = "aws:index/getAvailabilityZones:getAvailabilityZones";

const network = (args: NetworkArgs = {}) => record(() => new Network("net", args));

describe("the subnets of a Network", () => {
    it("are in the first zones of the region that all accounts have and that are available", async () => {
        const asked: Properties[] = [];
        const { all } = await record(() => new Network("net", { availabilityZones: 3 }), {
            call: (token, inputs) => {
                if (token !== zoneList) {
                    return undefined;
                }
                asked.push(inputs);
                return { names: ["eu-west-1c", "eu-west-1a", "eu-west-1b", "eu-west-1d"] };
            },
        });
        const filters = [{ name: "opt-in-status", values: ["opt-in-not-required"] }];
        assert.deepEqual(
            asked.map(({ state, filters: given }) => ({ state: state as string, filters: given as unknown })),
            [{ state: "available", filters }],
        );
        const first = ["eu-west-1c", "eu-west-1a", "eu-west-1b"];
        assert.deepEqual(
            Object.fromEntries(all(subnetType).map(({ name, inputs }) => [name, inputs.availabilityZone as string])),
            Object.fromEntries(
                ["private", "isolated", "public"].flatMap((kind) =>
                    first.map((zone, index) => [`net-${kind}-${index + 1}`, zone]),
                ),
            ),
        );
    });

    it("are registered in a preview that does not know the zones yet", async () => {
        const { all } = await record(() => new Network("net", {}), {
            preview: true,
            call: (token) => (token === zoneList ? { names: pulumi.unknown } : undefined),
        });
        assert.deepEqual(
            all(subnetType)
                .map(({ name }) => name)
                .sort(),
            ["isolated-1", "isolated-2", "private-1", "private-2", "public-1", "public-2"].map((name) => `net-${name}`),
        );
        assert.deepEqual(
            all(subnetType).filter(({ inputs }) => !pulumi.isUnknown(inputs.availabilityZone)),
            [],
        );
    });

    it("stay where they are when the region's list of zones changes", async () => {
        const stackOf = async (...names: string[]) => {
            const call = (token: string) => (token === zoneList ? { names } : undefined);
            return (await record(() => new Network("net", {}), { call })).resources;
        };
        const before = await stackOf("a", "c");
        // AWS adds a zone, or takes one out of service for a while.
        for (const after of [await stackOf("a", "b", "c"), await stackOf("c", "d")]) {
            assert.notDeepEqual(zones(before), zones(after));
            assert.ok(isNothing(compare(before, after)));
        }
    });

    it("require no more zones than the region has", () => {
        assert.equal(zoneOf("net", ["a", "b"], 2, 1), "b");
        assert.throws(() => zoneOf("net", ["us-west-1a", "us-west-1c"], 3, 0), {
            code: "AP2205",
            message:
                'AP2205: Network "net" needs 3 zones, and the region has 2 (us-west-1a, us-west-1c). ' +
                "Lower availabilityZones, or choose another region.",
        });
    });

    it("keep names and inputs when a zone is added or the egress changes", async () => {
        const smallest = await network({ egress: Egress.Endpoints, availabilityZones: 2 });
        for (const egress of Object.values(Egress)) {
            const { one } = await network({ egress, availabilityZones: 4 });
            const kept = smallest.resources.filter(
                ({ type, name }) => type === vpcType || /private|isolated/.test(name),
            );
            assert.equal(kept.length, 1 + 4 + 3 + 4);
            for (const { type, name, inputs } of nonEmpty(kept)) {
                assert.deepEqual(one(type, name).inputs, inputs, `${egress}: ${name}`);
            }
        }
    });
});
