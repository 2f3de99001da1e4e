import assert from "node:assert/strict";
import fc from "fast-check";
import {
    type AddressRange,
    isVpcCidr,
    maxZones,
    parseCidr,
    planSubnets,
    vpcPrefix,
} from "../../../components/network/subnetPlan";

/** Any VPC range that the plan accepts. */
const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map(parseCidr);
const address = fc
    .tuple(fc.constantFrom(...privateRanges), fc.nat({ max: 2 ** 24 - 1 }))
    .map(([{ start, size }, offset]) => start + (offset % size));
const vpcCidr = fc.tuple(fc.integer({ min: vpcPrefix.min, max: vpcPrefix.max }), address).map(([prefix, within]) => {
    const size = 2 ** (32 - prefix);
    const start = within - (within % size);
    return `${[24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join(".")}/${prefix}`;
});
const zones = fc.integer({ min: 1, max: maxZones });

const ranges = (cidr: string, count: number): AddressRange[] =>
    Object.values(planSubnets(cidr, count) as unknown as Record<string, string[]>)
        .flat()
        .map(parseCidr);
const inside = (inner: AddressRange, outer: AddressRange): boolean =>
    inner.start >= outer.start && inner.start + inner.size <= outer.start + outer.size;
const overlap = (a: AddressRange, b: AddressRange): boolean => a.start < b.start + b.size && b.start < a.start + a.size;

describe("subnetPlan", () => {
    it("divides the default VPC as documented", () => {
        assert.deepEqual(planSubnets("10.0.0.0/16", 2), {
            private: ["10.0.0.0/19", "10.0.64.0/19"],
            isolated: ["10.0.32.0/20", "10.0.96.0/20"],
            public: ["10.0.48.0/20", "10.0.112.0/20"],
        });
    });

    it("divides addresses above 128.0.0.0", () => {
        assert.deepEqual(planSubnets("192.168.0.0/24", 1), {
            private: ["192.168.0.0/27"],
            isolated: ["192.168.0.32/28"],
            public: ["192.168.0.48/28"],
        });
    });

    it("makes one subnet of each kind per zone", () => {
        fc.assert(
            fc.property(vpcCidr, zones, (cidr, count) => {
                const plan = planSubnets(cidr, count);
                return [plan.public, plan.private, plan.isolated].every((subnets) => subnets.length === count);
            }),
        );
    });

    it("stays inside the VPC, on network boundaries, within AWS's smallest subnet", () => {
        fc.assert(
            fc.property(vpcCidr, zones, (cidr, count) =>
                ranges(cidr, count).every(
                    (range) => inside(range, parseCidr(cidr)) && range.start % range.size === 0 && range.size >= 16,
                ),
            ),
        );
    });

    it("never overlaps", () => {
        fc.assert(
            fc.property(vpcCidr, zones, (cidr, count) => {
                const all = ranges(cidr, count);
                return all.every((a, i) => all.every((b, j) => i === j || !overlap(a, b)));
            }),
        );
    });

    it("never renumbers a subnet when a zone is added", () => {
        fc.assert(
            fc.property(vpcCidr, fc.integer({ min: 1, max: maxZones - 1 }), (cidr, count) => {
                const before = planSubnets(cidr, count);
                const after = planSubnets(cidr, count + 1);
                for (const kind of ["public", "private", "isolated"] as const) {
                    assert.deepEqual(after[kind].slice(0, count), before[kind]);
                }
            }),
        );
    });

    it("reserves room for four zones: they use the VPC up exactly", () => {
        fc.assert(
            fc.property(vpcCidr, (cidr) => {
                const used = ranges(cidr, maxZones).reduce((sum, range) => sum + range.size, 0);
                assert.equal(used, parseCidr(cidr).size);
            }),
        );
    });

    it("accepts ranges that it can divide", () => {
        fc.assert(fc.property(vpcCidr, (cidr) => isVpcCidr(cidr)));
    });

    it("rejects ranges that it cannot divide", () => {
        const wrong = [
            "",
            "10.0.0.0",
            "8.8.0.0/16",
            "172.32.0.0/16",
            "100.128.0.0/16",
            "192.169.0.0/24",
            "10.0.0.0/15",
            "10.0.0.0/25",
            "10.0.0.1/16",
            "10.0.256.0/24",
            "10.0.0/16",
            "a/16",
        ];
        for (const cidr of wrong) {
            assert.equal(isVpcCidr(cidr), false, cidr);
        }
    });
});
