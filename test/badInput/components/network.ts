import { Network } from "../../../components";
import { kmsKey, logRetention, tags, wholeNumber } from "../given";
import type { Trial } from "../support";

export const networkTrial: Trial = {
    component: Network,
    good: () => ({}),
    table: [
        {
            arg: "cidrBlock",
            allowed: "a private IPv4 range from /16 to /24 that starts on its own boundary",
            fix: 'For example "10.0.0.0/16".',
            refused: [
                "10.0.0.0/25",
                "10.0.0.0/15",
                "10.0.0.1/16",
                "10.0.0/16",
                "300.0.0.0/16",
                "10.0.0.0",
                "fd00::/16",
                "",
                10,
                null,
            ],
        },
        wholeNumber("availabilityZones", 2, 4, "", "Aurora needs two zones; the address plan has room for four."),
        {
            arg: "egress",
            allowed: '"NatPerAz", "SingleNat", "Endpoints"',
            fix: 'Leave it out for "SingleNat".',
            refused: ["Nat", "endpoints", "", true, null],
        },
        {
            arg: "flowLogs",
            allowed: '"Reject", "All"',
            fix: 'Leave it out for "Reject".',
            refused: ["REJECT", "Accept", true, null],
        },
        {
            arg: "ecrEndpoints",
            allowed: 'true or false; true with egress "Endpoints" only',
            fix: "Leave it out: with NAT, images are pulled over the internet.",
            refused: [true, "true", 1, null],
        },
        {
            arg: "ecrEndpoints",
            allowed: 'true or false; true with egress "Endpoints" only',
            fix: "Leave it out: with NAT, images are pulled over the internet.",
            besides: { egress: "SingleNat" },
            refused: [true],
        },
        logRetention("logRetentionInDays"),
        kmsKey("logKmsKeyArn"),
        tags,
    ],
};
