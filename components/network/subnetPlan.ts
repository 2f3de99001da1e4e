// The address plan of a VPC, as pure arithmetic.
//
//   zone block 1 │ zone block 2 │ zone block 3 │ zone block 4      (a quarter of the VPC each, used or not)
//   └ private ½ │ isolated ¼ │ public ¼                            (within each zone block, used or not)
//
// Room is reserved for what may come, so that neither another zone nor another kind of egress renumbers a subnet:
// renumbering a subnet replaces it, and with it everything inside, the database included.

/** The number of zones that the plan reserves room for. */
export const maxZones = 4;

/** The prefix lengths of a VPC that the plan can divide: AWS's largest VPC is /16, its smallest subnet /28. */
export const vpcPrefix = { min: 16, max: 24 };

/** Address ranges of one kind of subnet: one per zone, in the order of the zones. */
export interface SubnetPlan {
    public: string[];
    private: string[];
    isolated: string[];
}

export function planSubnets(vpcCidr: string, zones: number): SubnetPlan {
    const vpc = parseCidr(vpcCidr);
    const zoneSize = vpc.size / maxZones;
    const plan: SubnetPlan = { public: [], private: [], isolated: [] };
    for (let zone = 0; zone < zones; zone++) {
        const start = vpc.start + zone * zoneSize;
        plan.private.push(formatCidr(start, zoneSize / 2));
        plan.isolated.push(formatCidr(start + zoneSize / 2, zoneSize / 4));
        plan.public.push(formatCidr(start + (zoneSize * 3) / 4, zoneSize / 4));
    }
    return plan;
}

/** An address range, as numbers. */
export interface AddressRange {
    start: number;
    size: number;
}

/** Addresses that nobody else on the internet has: RFC 1918, and RFC 6598 for carriers. */
const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/** Whether the plan can divide the range: well-formed, private, on a network boundary, from /16 to /24. */
export function isVpcCidr(cidr: string): boolean {
    const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
    if (match === null) {
        return false;
    }
    const [, ...parts] = match.map(Number);
    const prefix = parts.pop() ?? 0;
    if (parts.some((octet) => octet > 255) || prefix < vpcPrefix.min || prefix > vpcPrefix.max) {
        return false;
    }
    const { start, size } = parseCidr(cidr);
    const isPrivate = privateRanges
        .map(parseCidr)
        .some((range) => start >= range.start && start + size <= range.start + range.size);
    return start % size === 0 && isPrivate;
}

export function parseCidr(cidr: string): AddressRange {
    const [address = "", prefix = ""] = cidr.split("/");
    // Multiplication, not shifts: JavaScript's shifts are signed 32-bit, addresses are not.
    const start = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
    return { start, size: 2 ** (32 - Number(prefix)) };
}

function formatCidr(start: number, size: number): string {
    const octets = [24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256);
    return `${octets.join(".")}/${32 - Math.log2(size)}`;
}
