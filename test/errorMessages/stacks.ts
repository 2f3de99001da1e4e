import type { refusalErrors, valueErrors, accountErrors } from "../../components/shared/errors";
import type { Messages } from "./row";

export const refusalMessages: Messages<typeof refusalErrors> = {
    ConfigRefused: {
        code: "AP2001",
        facts: {
            stack: "dev",
            problems: "1 problem",
            failures: ["AP2103: instances: given 17. Allowed: a whole number from 1 to 16. Lower it."],
        },
        message: [
            'AP2001: The config of the stack "dev" has 1 problem; nothing was created:',
            "  - AP2103: instances: given 17. Allowed: a whole number from 1 to 16. Lower it.",
            "Correct it, and run the command again.",
        ].join("\n"),
    },
    ArgumentsRefused: {
        code: "AP2002",
        facts: {
            component: "AuroraCluster",
            name: "db",
            problems: "1 problem",
            failures: ["AP2103: instances: given 17. Allowed: a whole number from 1 to 16. Lower it."],
        },
        message: [
            'AP2002: AuroraCluster "db" has 1 problem; nothing of it was created:',
            "  - AP2103: instances: given 17. Allowed: a whole number from 1 to 16. Lower it.",
            "Correct the program, and run the command again.",
        ].join("\n"),
    },
    ToolchainNotBuilt: {
        code: "AP2003",
        facts: {},
        message:
            "AP2003: The toolchain archive could not be built: `npm run toolchain` failed; see its message above. Correct the cause, and run the command again.",
    },
};

export const valueMessages: Messages<typeof valueErrors> = {
    Missing: {
        code: "AP2101",
        facts: {
            arg: "repository",
            given: "nothing",
            allowed: "a repository such as my-org/my-repository",
            fix: "Set it: pulumi config set repository my-org/my-repository",
        },
        message:
            "AP2101: repository: given nothing. Allowed: a repository such as my-org/my-repository. Set it: pulumi config set repository my-org/my-repository",
    },
    WrongType: {
        code: "AP2102",
        facts: { arg: "instances", given: '"two"', allowed: "a whole number from 1 to 16", fix: "Set a number." },
        message: 'AP2102: instances: given "two". Allowed: a whole number from 1 to 16. Set a number.',
    },
    OutOfRange: {
        code: "AP2103",
        facts: { arg: "instances", given: "17", allowed: "a whole number from 1 to 16", fix: "Lower it." },
        message: "AP2103: instances: given 17. Allowed: a whole number from 1 to 16. Lower it.",
    },
    NotOneOf: {
        code: "AP2104",
        facts: {
            arg: "egress",
            given: '"Internet"',
            allowed: '"NatPerAz", "SingleNat", "Endpoints"',
            fix: "Choose one of them.",
        },
        message: 'AP2104: egress: given "Internet". Allowed: "NatPerAz", "SingleNat", "Endpoints". Choose one of them.',
    },
    Malformed: {
        code: "AP2105",
        facts: {
            arg: "databaseName",
            given: '"1app"',
            allowed: "a letter, then letters, digits and underscores",
            fix: "Rename it.",
        },
        message:
            'AP2105: databaseName: given "1app". Allowed: a letter, then letters, digits and underscores. Rename it.',
    },
    Duplicate: {
        code: "AP2106",
        facts: {
            arg: "approvalEmails",
            given: '["a@example.com","a@example.com"]',
            allowed: "each address once",
            fix: "Remove one.",
        },
        message:
            'AP2106: approvalEmails: given ["a@example.com","a@example.com"]. Allowed: each address once. Remove one.',
    },
    Conflict: {
        code: "AP2107",
        facts: { arg: "port", given: "3306", allowed: "another port than the proxy's", fix: "Change one of the two." },
        message: "AP2107: port: given 3306. Allowed: another port than the proxy's. Change one of the two.",
    },
    NotInRegion: {
        code: "AP2108",
        facts: { arg: "backtrackHours", given: "24", allowed: "0 in eu-north-1", fix: "Set 0." },
        message: "AP2108: backtrackHours: given 24. Allowed: 0 in eu-north-1. Set 0.",
    },
    UnknownKey: {
        code: "AP2109",
        facts: { key: "instancs", nearest: "instances" },
        message:
            "AP2109: instancs: unknown config key. Did you mean instances? Rename it, or remove it: pulumi config rm instancs",
    },
};

export const accountMessages: Messages<typeof accountErrors> = {
    NotificationRoleMissing: {
        code: "AP2201",
        facts: { service: "codestar-notifications.amazonaws.com" },
        message:
            "AP2201: The account has no role AWSServiceRoleForCodeStarNotifications, without which AWS rejects notification rules. Create it, once in an account: aws iam create-service-linked-role --aws-service-name codestar-notifications.amazonaws.com",
    },
    RotationNotPublished: {
        code: "AP2202",
        facts: { partition: "aws-iso" },
        message: 'AP2202: AWS publishes no rotation function in the partition aws-iso. Remove "rotation" there.',
    },
    ServiceInNoZone: {
        code: "AP2203",
        facts: {
            network: "main",
            service: "com.amazonaws.eu-west-1.codebuild",
            zones: "eu-west-1a",
            offered: "eu-west-1b, eu-west-1c",
        },
        message:
            'AP2203: Network "main" has no zone with the service com.amazonaws.eu-west-1.codebuild: its zones are eu-west-1a, and the service is in eu-west-1b, eu-west-1c. Raise availabilityZones, or choose another egress.',
    },
    EndpointNamesUnknown: {
        code: "AP2204",
        facts: { region: "cn-north-1", partition: "aws-cn" },
        message:
            'AP2204: Interface endpoints have other names in cn-north-1 (aws-cn), which this package does not know. Choose egress "NatPerAz" or "SingleNat", or another region.',
    },
    TooFewZones: {
        code: "AP2205",
        facts: { network: "main", count: 4, found: 3 },
        message:
            'AP2205: Network "main" needs 4 zones, and the region has 3. Lower availabilityZones, or choose another region.',
    },
    BacktrackNotInRegion: {
        code: "AP2206",
        facts: { name: "db", region: "eu-north-1", hours: 24 },
        message:
            'AP2206: AuroraCluster "db" cannot be backtracked: Aurora MySQL has no backtrack in eu-north-1, and backtrackHours is 24. Set 0, and restore a backup to a point in time instead; or choose another region.',
    },
    AnotherMajorVersion: {
        code: "AP2207",
        facts: {
            name: "db",
            running: "16.4",
            given: "17",
            allowed: "16, 16.5",
            fix: "Set allowMajorVersionUpgrade, or engineVersion 16.",
        },
        message:
            'AP2207: AuroraCluster "db" runs 16.4, and engineVersion is 17. Allowed: 16, 16.5. Set allowMajorVersionUpgrade, or engineVersion 16.',
    },
    ClusterNotUsable: {
        code: "AP2208",
        facts: {
            name: "orders",
            cluster: "orders-prod",
            problem: "no database was created with it",
            fix: "Pass databaseName.",
        },
        message:
            'AP2208: DatabaseDelivery "orders" cannot work on the cluster orders-prod: no database was created with it. Pass databaseName.',
    },
};
