import { type AuroraClusterArgs, auroraDefaults, DatabaseInsights, defaultIdentifier, serverlessClass } from "./args";
import { changeRules } from "./changes";
import { restoreRules, snapshot } from "./restore";
import { withDefaults } from "../shared/defaults";
import { Engine, engines, type EngineTraits, majorVersion } from "../shared/engines";
import { refusedCharacters } from "../shared/password";
import { clientGroupRules } from "../shared/securityGroups";
import { flags, networkRules, tagsRule } from "../shared/shape";
import { formOf, isUnknown, kmsKey, logRetention, matching, oneOf, type Rule, wholeNumber } from "../shared/validation";

/** Type checks of the args; the rules below rely on them. */
export function auroraShape(args: AuroraClusterArgs): Rule[] {
    const { allowedSecurityGroupIds: groups, network } = args;
    return [
        ...networkRules("network", network, "isolatedSubnetIds"),
        ...flags(args, "allowMajorVersionUpgrade", "deletionProtection", "finalSnapshot", "auditLogging"),
        ...clientGroupRules("allowedSecurityGroupIds", groups),
        tagsRule(args.tags),
    ];
}

/** The validation rules of the args. Rules that compare two args use the defaults for absent ones. */
export function auroraRules(name: string, args: AuroraClusterArgs): Rule[] {
    const engine = oneOf("engine", args.engine, Object.values(Engine), 'Leave it out for "aurora-postgresql".');
    if (!engine.valid) {
        // Everything else depends on the engine.
        return [engine];
    }
    const traits = engines[args.engine ?? auroraDefaults.engine];
    return [
        ...versionRules(args),
        ...nameRules(name, args, traits),
        ...capacityRules(args),
        ...keepingRules(args, traits),
        ...changeRules(args),
        ...restoreRules(args),
        ...portAndPasswordRules(args, traits),
    ];
}

function versionRules(args: AuroraClusterArgs): Rule[] {
    const { engine = auroraDefaults.engine, engineVersion } = args;
    const { majorVersions } = engines[engine];
    return [
        {
            arg: "engineVersion",
            kind: "NotOneOf",
            given: engineVersion,
            valid: engineVersion === undefined || majorVersion(engine, `${engineVersion}`) !== undefined,
            allowed: `for ${engine} ${majorVersions.join(", ")}, or a minor version of these`,
            fix: "Set the major version; AWS picks its current minor version.",
        },
    ];
}

function nameRules(name: string, args: AuroraClusterArgs, traits: EngineTraits): Rule[] {
    const { masterUsername, databaseName } = args;
    const identifier = args.clusterIdentifier ?? defaultIdentifier(name);
    const longestUsername = traits.longestUsername;
    const longestDatabase = traits.longestDatabaseName;
    return [
        {
            arg: "clusterIdentifier",
            kind: "Malformed",
            given: identifier,
            // Instances and snapshots are named from it, within RDS's 63 characters.
            valid: /^[a-z](-?[a-z0-9])*$/.test(identifier) && identifier.length <= 60,
            allowed: "a lower-case letter, then lower-case letters, digits and single hyphens, at most 60 characters",
            fix: "Set one if the component's name and the stack's do not form one.",
        },
        {
            arg: "databaseName",
            kind: formOf(databaseName),
            given: databaseName,
            valid:
                databaseName === undefined ||
                (typeof databaseName === "string" &&
                    /^[a-zA-Z][a-zA-Z0-9_]*$/.test(databaseName) &&
                    databaseName.length <= longestDatabase &&
                    !reservedDatabases.includes(databaseName.toLowerCase())),
            allowed: `a letter, then letters, digits and underscores, at most ${longestDatabase}, none of ${reservedDatabases.join(", ")}`,
            fix: 'Leave it out for "app".',
        },
        {
            arg: "masterUsername",
            kind: formOf(masterUsername),
            given: masterUsername,
            valid:
                masterUsername === undefined ||
                (typeof masterUsername === "string" &&
                    /^[a-z][a-z0-9_]*$/.test(masterUsername) &&
                    masterUsername.length <= longestUsername &&
                    !reservedUsers.includes(masterUsername)),
            allowed: `a lower-case letter, then lower-case letters, digits and underscores, at most ${longestUsername}, none of ${reservedUsers.join(", ")}`,
            fix: 'Leave it out for "dbowner".',
        },
    ];
}

const reservedDatabases = ["mysql", "postgres", "rdsadmin", "template0", "template1", "sys"];
/** Names that attackers try first, and names that RDS reserves. */
const reservedUsers = ["admin", "administrator", "postgres", "rdsadmin", "root", "user"];

function capacityRules(args: AuroraClusterArgs): Rule[] {
    const { minCapacity, maxCapacity, secondsUntilAutoPause } = args;
    const { instanceClass, minCapacity: least, maxCapacity: greatest } = withDefaults(args, auroraDefaults);
    const capacities = { minCapacity, maxCapacity, secondsUntilAutoPause };
    const isStep = (value: unknown, min: number) =>
        typeof value === "number" && value >= min && value <= 256 && Number.isInteger(value * 2);
    return [
        wholeNumber("instances", args.instances, { min: 1, max: 16 }, "RDS takes a writer and up to 15 readers."),
        matching(
            "instanceClass",
            args.instanceClass,
            /^db\.(serverless|[a-z0-9-]+\.[a-z0-9]+)$/,
            '"db.serverless" or a provisioned class such as "db.r7g.large"',
            "Leave it out for a serverless one.",
        ),
        {
            arg: "minCapacity",
            kind: typeof minCapacity === "number" ? "OutOfRange" : "WrongType",
            given: minCapacity,
            valid: minCapacity === undefined || isStep(minCapacity, 0),
            allowed: "a number of ACU from 0 to 256 in steps of 0.5",
            fix: "0 pauses the database when it is idle.",
        },
        {
            arg: "maxCapacity",
            kind: typeof maxCapacity === "number" ? "OutOfRange" : "WrongType",
            given: maxCapacity,
            valid: maxCapacity === undefined || isStep(maxCapacity, 1),
            allowed: "a number of ACU from 1 to 256 in steps of 0.5",
            fix: "It limits what an instance costs.",
        },
        {
            arg: "maxCapacity",
            kind: "Conflict",
            given: greatest,
            valid: !isStep(least, 0) || !isStep(greatest, 1) || greatest >= least,
            allowed: `at least minCapacity, which is ${least}`,
            fix: "Raise maxCapacity or lower minCapacity.",
        },
        wholeNumber(
            "secondsUntilAutoPause",
            secondsUntilAutoPause,
            { min: 300, max: 86400, unit: "seconds" },
            "Leave it out for AWS's 300.",
        ),
        {
            arg: "secondsUntilAutoPause",
            kind: "Conflict",
            given: secondsUntilAutoPause,
            valid: secondsUntilAutoPause === undefined || least === 0 || !isStep(least, 0),
            allowed: `nothing while minCapacity is ${least}`,
            fix: "Only a database with minCapacity 0 pauses: set that, or leave this out.",
        },
        ...Object.entries(capacities).map(([arg, given]): Rule => ({
            arg,
            kind: "Conflict",
            given,
            valid: given === undefined || instanceClass === serverlessClass,
            allowed: `nothing while instanceClass is ${JSON.stringify(instanceClass)}`,
            fix: 'Only "db.serverless" scales: leave it out, or change instanceClass.',
        })),
    ];
}

function keepingRules(args: AuroraClusterArgs, traits: EngineTraits): Rule[] {
    const { backtrackHours } = args;
    return [
        wholeNumber(
            "backupRetentionDays",
            args.backupRetentionDays,
            { min: 1, max: 35, unit: "days" },
            "RDS cannot turn Aurora's backups off; keep longer ones with AWS Backup.",
        ),
        oneOf(
            "databaseInsights",
            args.databaseInsights,
            Object.values(DatabaseInsights),
            'Leave it out for "Standard".',
        ),
        logRetention("logRetentionInDays", args.logRetentionInDays),
        oneOf("monitoringInterval", args.monitoringInterval, [0, 1, 5, 10, 15, 30, 60], "0 turns the metrics off."),
        wholeNumber("backtrackHours", backtrackHours, { min: 0, max: 72, unit: "hours" }, "Leave it out for none."),
        {
            arg: "backtrackHours",
            kind: "Conflict",
            given: backtrackHours,
            valid: traits.canBacktrack || !backtrackHours,
            allowed: `nothing or 0 for ${args.engine ?? auroraDefaults.engine}`,
            fix: "Only Aurora MySQL can be backtracked: leave it out, and restore a backup to a point in time instead.",
        },
        kmsKey("kmsKeyArn", args.kmsKeyArn),
    ];
}

function portAndPasswordRules(args: AuroraClusterArgs, traits: EngineTraits): Rule[] {
    const { port, masterPassword: password } = args;
    const { wellKnownPort, defaultPort, longestPassword } = traits;
    const refused = [...refusedCharacters];
    return [
        {
            ...wholeNumber("port", port, { min: 1150, max: 65535 }, `Leave it out for ${defaultPort}.`),
            valid:
                port === undefined ||
                (Number.isInteger(port) && port >= 1150 && port <= 65535 && port !== wellKnownPort),
            allowed: `a whole number from 1150 to 65535 other than ${wellKnownPort}, the default port, which scanners try first`,
        },
        matching(
            "restoreFrom",
            args.restoreFrom,
            snapshot,
            "the identifier or the ARN of a cluster snapshot",
            "aws rds describe-db-cluster-snapshots lists them.",
        ),
        {
            arg: "masterPassword",
            kind: formOf(password),
            given: password,
            valid:
                password === undefined ||
                isUnknown(password) ||
                (typeof password === "string" &&
                    password.length >= 8 &&
                    password.length <= longestPassword &&
                    !refused.some((character) => password.includes(character))),
            allowed: `8 to ${longestPassword} characters without / @ " ' \\ and space`,
            fix: "Leave it out for a random one.",
            secret: true,
        },
    ];
}
