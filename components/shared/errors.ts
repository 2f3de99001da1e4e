import * as pulumi from "@pulumi/pulumi";
import { definerOf, type ErrorDefinition, type Facts, messageFrom } from "../errorDefinition";

// What the components refuse, and the program that composes them: docs/errors.md is made from these definitions.

/**
 * An error that a user can do something about: a stable code, the facts, one sentence and one fix. A RunError is printed by
 * the Pulumi CLI as its message alone, without a stack trace.
 */
export class InfrastructureError extends pulumi.RunError {
    readonly code: string;
    readonly facts: Facts;
    /** Each thing that is wrong, where the error lists several. */
    readonly failures: readonly InfrastructureError[];

    constructor(
        name: string,
        definition: ErrorDefinition,
        facts: Facts,
        failures: readonly InfrastructureError[] = [],
    ) {
        super(messageFrom(definition, facts));
        this.name = name;
        this.code = definition.code;
        this.facts = facts;
        this.failures = failures;
    }
}

export const defineErrors = definerOf<ErrorDefinition, InfrastructureError, readonly InfrastructureError[]>(
    InfrastructureError,
);

/** All that is wrong with what a component was given, or a stack: every failure at once. */
export const refusalErrors = defineErrors({
    ConfigRefused: {
        code: "AP2001",
        what: 'The config of the stack "{stack}" has {problems}; nothing was created:',
        list: "failures",
        fix: "Correct it, and run the command again.",
    },
    ArgumentsRefused: {
        code: "AP2002",
        what: '{component} "{name}" has {problems}; nothing of it was created:',
        list: "failures",
        fix: "Correct the program, and run the command again.",
    },
    ToolchainNotBuilt: {
        code: "AP2003",
        what: "The toolchain archive could not be built: `npm run toolchain` failed; see its message above.",
        fix: "Correct the cause, and run the command again.",
    },
});

/** The sentence of a value that a rule refuses. */
const refused = { what: "{arg}: given {given}. Allowed: {allowed}.", fix: "{fix}" } as const;

/** One value that is refused: a config key, or an argument of a component. */
export const valueErrors = defineErrors({
    Missing: { code: "AP2101", kind: "Missing value", ...refused },
    WrongType: { code: "AP2102", kind: "Wrong type", ...refused },
    OutOfRange: { code: "AP2103", kind: "Number out of range", ...refused },
    NotOneOf: { code: "AP2104", kind: "Not one of the allowed values", ...refused },
    Malformed: { code: "AP2105", kind: "Malformed value", ...refused },
    Duplicate: { code: "AP2106", kind: "Duplicate value", ...refused },
    Conflict: { code: "AP2107", kind: "Conflicts with another value", ...refused },
    NotInRegion: { code: "AP2108", kind: "Not available in the region", ...refused },
    UnknownKey: {
        code: "AP2109",
        what: "{key}: unknown config key.",
        fix: "Did you mean {nearest}? Rename it, or remove it: pulumi config rm {key}",
    },
});

/** What only AWS can say: found out while a stack is previewed or updated. */
export const accountErrors = defineErrors({
    NotificationRoleMissing: {
        code: "AP2201",
        what: "The account has no role AWSServiceRoleForCodeStarNotifications, without which AWS rejects notification rules.",
        fix: "Create it, once in an account: aws iam create-service-linked-role --aws-service-name {service}",
    },
    RotationNotPublished: {
        code: "AP2202",
        what: "AWS publishes no rotation function in the partition {partition}.",
        fix: 'Remove "rotation" there.',
    },
    ServiceInNoZone: {
        code: "AP2203",
        what: 'Network "{network}" has no zone with the service {service}: its zones are {zones}, and the service is in {offered}.',
        fix: "Raise availabilityZones, or choose another egress.",
    },
    EndpointNamesUnknown: {
        code: "AP2204",
        what: "Interface endpoints have other names in {region} ({partition}), which this package does not know.",
        fix: 'Choose egress "NatPerAz" or "SingleNat", or another region.',
    },
    TooFewZones: {
        code: "AP2205",
        what: 'Network "{network}" needs {count} zones, and the region has {found}.',
        fix: "Lower availabilityZones, or choose another region.",
    },
    BacktrackNotInRegion: {
        code: "AP2206",
        what: 'AuroraCluster "{name}" cannot be backtracked: Aurora MySQL has no backtrack in {region}, and backtrackHours is {hours}.',
        fix: "Set 0, and restore a backup to a point in time instead; or choose another region.",
    },
    AnotherMajorVersion: {
        code: "AP2207",
        what: 'AuroraCluster "{name}" runs {running}, and engineVersion is {given}. Allowed: {allowed}.',
        fix: "{fix}",
    },
    ClusterNotUsable: {
        code: "AP2208",
        what: 'DatabaseDelivery "{name}" cannot work on the cluster {cluster}: {problem}.',
        fix: "{fix}",
    },
});
