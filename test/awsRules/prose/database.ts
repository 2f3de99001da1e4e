import type { Inputs } from "../inputs";
import type { ProseRule } from "../rule";
import { between, matches, oneOf } from "./checks";

const cluster = ["aws:rds/cluster:Cluster"];
const identifier = /^[A-Za-z](?:-?[A-Za-z0-9])*$/;
const member = (shape: string) => (name: string, says: string) => ({ service: "rds", shape, member: name, says });
const ofCluster = member("CreateDBClusterMessage");

/** The name is an identifier of at most so many characters. */
const named = (input: string, max: number) => (inputs: Inputs) =>
    matches(input, identifier)(inputs) ?? matches(input, new RegExp(`^.{1,${max}}$`))(inputs);

const retentions = [7, ...Array.from({ length: 23 }, (_, index) => (index + 1) * 31), 731, 465];

export const databaseRules: ProseRule[] = [
    {
        id: "cluster-identifier",
        types: cluster,
        source: ofCluster(
            "DBClusterIdentifier",
            "First character must be a letter. Can't end with a hyphen or contain two consecutive hyphens.",
        ),
        check: named("clusterIdentifier", 63),
    },
    {
        id: "instance-identifier",
        types: ["aws:rds/clusterInstance:ClusterInstance"],
        source: member("CreateDBInstanceMessage")(
            "DBInstanceIdentifier",
            "Must contain from 1 to 63 letters, numbers, or hyphens. First character must be a letter. Can't end with a hyphen or contain two consecutive hyphens.",
        ),
        check: named("identifier", 63),
    },
    {
        id: "parameter-group-name",
        types: ["aws:rds/parameterGroup:ParameterGroup", "aws:rds/clusterParameterGroup:ClusterParameterGroup"],
        source: member("CreateDBParameterGroupMessage")(
            "DBParameterGroupName",
            "Must be 1 to 255 letters, numbers, or hyphens. First character must be a letter Can't end with a hyphen or contain two consecutive hyphens",
        ),
        check: named("name", 255),
    },
    {
        id: "subnet-group-name",
        types: ["aws:rds/subnetGroup:SubnetGroup"],
        source: member("CreateDBSubnetGroupMessage")(
            "DBSubnetGroupName",
            "Must contain no more than 255 letters, numbers, periods, underscores, spaces, or hyphens. Must not be default.",
        ),
        check: matches("name", /^(?!default$)[A-Za-z][A-Za-z0-9._ -]{0,254}$/i),
    },
    {
        id: "database-name",
        types: cluster,
        source: ofCluster("DatabaseName", "The name for your database of up to 64 alphanumeric characters."),
        // Aurora takes underscores as well: the first character is a letter.
        check: matches("databaseName", /^[A-Za-z][A-Za-z0-9_]{0,63}$/),
    },
    {
        id: "administrator-name",
        types: cluster,
        source: ofCluster("MasterUsername", "Must be 1 to 16 letters or numbers. First character must be a letter."),
        check: matches("masterUsername", /^(?!(?:admin|rdsadmin|postgres|master|root)$)[A-Za-z][A-Za-z0-9]{0,15}$/i),
    },
    {
        id: "administrator-password",
        types: cluster,
        source: ofCluster(
            "MasterUserPassword",
            `Must contain from 8 to 41 characters. Can contain any printable ASCII character except "/", """, or "@".`,
        ),
        check: matches("masterPassword", /^(?!.*[/"@])[\x20-\x7e]{8,41}$/),
    },
    {
        id: "backup-retention",
        types: cluster,
        source: ofCluster("BackupRetentionPeriod", "Must be a value from 1 to 35."),
        check: between("backupRetentionPeriod", 1, 35),
    },
    {
        id: "backup-window",
        types: cluster,
        source: ofCluster(
            "PreferredBackupWindow",
            "Must be in the format hh24:mi-hh24:mi . Must be in Universal Coordinated Time (UTC). Must not conflict with the preferred maintenance window. Must be at least 30 minutes.",
        ),
        check: backupWindow,
    },
    {
        id: "maintenance-window",
        types: [...cluster, "aws:rds/clusterInstance:ClusterInstance"],
        source: ofCluster(
            "PreferredMaintenanceWindow",
            "Must be in the format ddd:hh24:mi-ddd:hh24:mi . Days must be one of Mon | Tue | Wed | Thu | Fri | Sat | Sun .",
        ),
        check: ({ preferredMaintenanceWindow: given }) => {
            if (given === undefined) return undefined;
            const window = weekly(given as string);
            return window && window.minutes >= 30 ? undefined : `preferredMaintenanceWindow ${JSON.stringify(given)}`;
        },
    },
    {
        id: "insights-retention",
        types: [...cluster, "aws:rds/clusterInstance:ClusterInstance"],
        source: ofCluster(
            "PerformanceInsightsRetentionPeriod",
            "7 month * 31, where month is a number of months from 1-23. Examples: 93 (3 months * 31), 341 (11 months * 31), 589 (19 months * 31) 731",
        ),
        check: oneOf("performanceInsightsRetentionPeriod", retentions),
    },
    {
        id: "advanced-insights",
        types: cluster,
        source: ofCluster(
            "DatabaseInsightsMode",
            "If you set this value to advanced , you must also set the PerformanceInsightsEnabled parameter to true and the PerformanceInsightsRetentionPeriod parameter to 465.",
        ),
        check: ({ databaseInsightsMode, performanceInsightsEnabled, performanceInsightsRetentionPeriod: days }) =>
            databaseInsightsMode !== "advanced" || (performanceInsightsEnabled === true && Number(days) >= 465)
                ? undefined
                : `advanced, retention ${String(days)}`,
    },
    {
        id: "monitoring-interval",
        types: [...cluster, "aws:rds/clusterInstance:ClusterInstance"],
        source: ofCluster("MonitoringInterval", "Valid Values: 0 | 1 | 5 | 10 | 15 | 30 | 60"),
        check: oneOf("monitoringInterval", [0, 1, 5, 10, 15, 30, 60]),
    },
    {
        id: "backtrack-window",
        types: cluster,
        source: ofCluster(
            "BacktrackWindow",
            "Aurora MySQL DB clusters only Default: 0 Constraints: If specified, this value must be set to a number from 0 to 259,200 (72 hours).",
        ),
        check: (inputs) =>
            between("backtrackWindow", 0, 259_200)(inputs) ??
            (Number(inputs.backtrackWindow) > 0 && inputs.engine !== "aurora-mysql"
                ? `with ${String(inputs.engine)}`
                : undefined),
    },
    {
        id: "serverless-capacity",
        types: cluster,
        source: {
            service: "rds",
            shape: "ServerlessV2ScalingConfiguration",
            member: "SecondsUntilAutoPause",
            says: "Specify a value between 300 seconds (five minutes) and 86,400 seconds (one day).",
        },
        check: ({ serverlessv2ScalingConfiguration: given }) => {
            const { minCapacity, maxCapacity, secondsUntilAutoPause } = (given ?? {}) as Inputs;
            const inSteps = [minCapacity, maxCapacity].every((one) => one === undefined || (Number(one) * 2) % 1 === 0);
            return (
                between("secondsUntilAutoPause", 300, 86_400)({ secondsUntilAutoPause }) ??
                (inSteps && !(Number(minCapacity) > Number(maxCapacity)) && !(Number(maxCapacity) < 1)
                    ? undefined
                    : JSON.stringify(given))
            );
        },
    },
    {
        id: "event-subscription-name",
        types: ["aws:rds/eventSubscription:EventSubscription"],
        source: member("CreateEventSubscriptionMessage")(
            "SubscriptionName",
            "The name must be less than 255 characters.",
        ),
        check: matches("name", /^.{1,254}$/),
    },
    {
        id: "event-subscription-sources",
        types: ["aws:rds/eventSubscription:EventSubscription"],
        source: member("CreateEventSubscriptionMessage")(
            "SourceIds",
            "If SourceIds are supplied, SourceType must also be provided.",
        ),
        check: ({ sourceIds, sourceType }) => (sourceIds && !sourceType ? "sourceIds without sourceType" : undefined),
    },
    {
        id: "event-categories",
        types: ["aws:rds/eventSubscription:EventSubscription"],
        source: {
            page: "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.Messages.html",
            noted: "2026-11-29",
            says: "Each type of source has categories of its own.",
        },
        check: ({ sourceType, eventCategories = [] }) => {
            const known = eventCategoriesOf[sourceType as string] ?? [];
            const wrong = (eventCategories as string[]).filter((category) => !known.includes(category));
            return wrong.length === 0 ? undefined : `${String(sourceType)}: ${wrong.join(", ")}`;
        },
    },
    {
        id: "proxy-without-pause",
        types: ["aws:rds/proxy:Proxy"],
        source: {
            page: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html",
            noted: "2026-11-29",
            says: "You can set the idle client timeout to a value between 1 second and 8 hours; a proxy has subnets in at least two Availability Zones.",
        },
        check: (inputs) =>
            between("idleClientTimeout", 1, 28_800)(inputs) ??
            ((inputs.vpcSubnetIds as unknown[]).length >= 2 ? undefined : "fewer than two subnets"),
    },
];

// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.Messages.html
const eventCategoriesOf: Record<string, string[]> = {
    "db-cluster": [
        ...["configuration change", "creation", "deletion", "failover", "failure", "global-failover", "maintenance"],
        ...["migration", "notification", "serverless"],
    ],
    "db-instance": [
        ...[
            "availability",
            "backup",
            "backtrack",
            "configuration change",
            "creation",
            "deletion",
            "failover",
            "failure",
        ],
        ...["low storage", "maintenance", "notification", "read replica", "recovery", "restoration", "security"],
        "security patching",
    ],
    "db-parameter-group": ["configuration change"],
    "db-cluster-snapshot": ["backup", "notification"],
};

const day = 24 * 60;
const week = 7 * day;

/** Minutes since midnight of a time of day. */
function minuteOf(time: string): number | undefined {
    const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
    return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}

function weekly(window: string): { start: number; minutes: number } | undefined {
    const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    const moments = window.split("-").map((text) => {
        const [, name = "", time = ""] = /^(\w{3}):(.*)$/.exec(text) ?? [];
        const [dayOfWeek, minute] = [days.indexOf(name.toLowerCase()), minuteOf(time)];
        return dayOfWeek < 0 || minute === undefined ? undefined : dayOfWeek * day + minute;
    });
    const [start, end] = moments;
    return moments.length !== 2 || start === undefined || end === undefined
        ? undefined
        : { start, minutes: (end - start + week) % week };
}

function backupWindow({ preferredBackupWindow: given, preferredMaintenanceWindow: maintenance }: Inputs) {
    if (given === undefined) return undefined;
    const [start, end] = (given as string).split("-").map(minuteOf);
    if (start === undefined || end === undefined) return `preferredBackupWindow ${JSON.stringify(given)}`;
    const minutes = (end - start + day) % day;
    if (minutes < 30) return `preferredBackupWindow ${JSON.stringify(given)}: ${minutes} minutes`;
    const other = maintenance === undefined ? undefined : weekly(maintenance as string);
    const overlaps =
        other !== undefined &&
        minutesOf(other.start % day, other.minutes).some((minute) => minutesOf(start, minutes).includes(minute));
    return overlaps
        ? `preferredBackupWindow ${JSON.stringify(given)} and preferredMaintenanceWindow ${String(maintenance)}`
        : undefined;
}

function minutesOf(start: number, minutes: number): number[] {
    return Array.from({ length: minutes }, (_, index) => (start + index) % day);
}
