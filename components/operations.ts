import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createAlarms, type RaisedAlarm } from "./operations/alarm";
import {
    alarmsFor,
    type AlarmThresholdsArgs,
    alarmThresholds,
    thresholdRules,
    type WatchedRotation,
} from "./operations/alarms";
import { type Backup, type BackupArgs, backupDefaults, backupRules, backUp, missingRules } from "./operations/backup";
import { dashboardUrl, pipelineUrl } from "./shared/console";
import { dashboardBody } from "./operations/dashboard";
import { subscribeToEvents } from "./operations/databaseEvents";
import { withDefaults } from "./shared/defaults";
import { type Location, locationOf } from "./shared/location";
import { nameLimits, nameRule } from "./shared/names";
import { emailRules, notify, topic } from "./shared/notifications";
import { ownKey } from "./shared/ownKey";
import {
    buildsByAction,
    type BuildRef,
    type DatabaseRef,
    type PipelineBuildsArgs,
    type PipelineRef,
    type SecretRef,
} from "./references";
import {
    buildRules,
    credentialRules,
    databaseRules,
    flags,
    isGroup,
    listOfTexts,
    optionalGroup,
    pipelineBuildsRules,
    reference,
    tagsRule,
} from "./shared/shape";
import { arn } from "./shared/statements";
import { kmsKey, matching, type Rule, validate } from "./shared/validation";

/** Arguments of `Operations`. Unless said otherwise, a change is made in place and costs nothing. */
export interface OperationsArgs {
    /** The pipeline to watch. */
    pipeline: PipelineRef;
    /** Its builds. */
    builds: PipelineBuildsArgs;
    /** A build that detects drift: a `MigrationBuild` with action "Drift"; its failures are reported. Default: none. */
    drift?: BuildRef;
    /** The database to watch. */
    database: DatabaseRef;
    /** Credentials whose rotation is monitored, by a stable name: `{ administrator: secret }`. Default: none. */
    credentials?: { [name: string]: SecretRef };
    /** E-mail addresses that receive all notifications; each must confirm its subscription once. Default: none. */
    notificationEmails?: string[];
    /**
     * ARN of a Slack or Microsoft Teams channel in Amazon Q Developer (AWS Chatbot) that receives notifications about
     * deliveries and builds. For alarms and events of the database, add the output `topicArn` to that channel's topics
     * instead of passing the channel here. Default: none.
     */
    chatChannelArn?: string;
    /** Whether successful deliveries are reported too. Default: false. */
    notifySuccess?: boolean;
    /** Alarms on the database, deliveries, rotation and backups, $0.10 a month each. Default: true. */
    alarms?: boolean;
    /** The thresholds of the alarms. Default: each threshold's own. */
    thresholds?: AlarmThresholdsArgs;
    /** Whether failovers, failures, maintenance and changes of the cluster are reported. Default: true. */
    databaseEvents?: boolean;
    /**
     * A CloudWatch dashboard of the database and the deliveries; the first three of an account are free. Default: true.
     */
    dashboard?: boolean;
    /**
     * A daily backup in a locked vault, $0.021 per GB and month. Default: none; the cluster's automated backups remain.
     */
    backup?: BackupArgs;
    /**
     * ARN of the KMS key for the topic and the vault. Its policy must allow `codestar-notifications.amazonaws.com`,
     * `cloudwatch.amazonaws.com` and `events.rds.amazonaws.com` to use it; that of a `DbPipeline`'s own key does. A
     * change replaces the vault. Default: a key of its own ($1 a month).
     */
    kmsKeyArn?: pulumi.Input<string>;
    /** Tags for every resource that supports them. Default: none. */
    tags?: { [key: string]: string };
}

/** The defaults; a test compares the docstrings above with them. */
export const operationsDefaults = {
    notifySuccess: false,
    alarms: true,
    databaseEvents: true,
    dashboard: true,
} satisfies Partial<OperationsArgs>;

/**
 * Monitoring and backups of an environment: one topic for everything that a person should know, with alarms, events of
 * the database, a dashboard, and backups that outlive the cluster.
 *
 * The topic is part of this component rather than of the `DbPipeline`: alarms and the database's events go to the same
 * people as failed deliveries, so there is one address to confirm and one policy to review.
 */
export class Operations extends pulumi.ComponentResource {
    /** ARN of the topic that receives all notifications; further recipients can subscribe to it. */
    public readonly topicArn: pulumi.Output<string>;
    /** Address of the dashboard in the AWS console; absent without a dashboard. */
    public readonly dashboardUrl?: pulumi.Output<string>;
    /** ARN of the vault that contains the backups; absent without a backup plan. */
    public readonly vaultArn?: pulumi.Output<string>;

    constructor(name: string, args: OperationsArgs, opts?: pulumi.ComponentResourceOptions) {
        validate("Operations", name, shape(args));
        validate("Operations", name, rules(name, args));
        // The args are not registered as inputs: they would delay every child until the whole pipeline exists.
        super("aurora-pipeline:index:Operations", name, {}, opts);
        const settings = withDefaults(args, operationsDefaults);

        const at = locationOf(this);
        const kmsKeyArn = pulumi.output(args.kmsKeyArn ?? ownKey(name, keyArgs(name, settings, at), this));
        const told = createTopic(name, settings, at, kmsKeyArn, this);
        tellOfDeliveries(name, settings, told, this);
        if (settings.databaseEvents) {
            const { database, tags } = settings;
            subscribeToEvents(name, { database, topicArn: told.arn, tags }, this);
        }
        const backup = settings.backup && createBackup(name, settings, at, kmsKeyArn, this);
        const alarms = settings.alarms ? watch(name, settings, told, backup, this) : [];
        const dashboard = settings.dashboard ? createDashboard(name, settings, at, alarms, this) : undefined;

        this.topicArn = told.arn;
        if (dashboard !== undefined) {
            this.dashboardUrl = pulumi
                .all([at, dashboard.dashboardName])
                .apply(([location, dashboardName]) => dashboardUrl(location, dashboardName));
        }
        if (backup !== undefined) {
            this.vaultArn = backup.vault.arn;
        }
        this.registerOutputs({ topicArn: this.topicArn, dashboardUrl: this.dashboardUrl, vaultArn: this.vaultArn });
    }
}

type Settings = OperationsArgs & Required<Pick<OperationsArgs, keyof typeof operationsDefaults>>;

/** Type checks of the args; the rules below rely on them. */
function shape(args: OperationsArgs): Rule[] {
    const { pipeline, builds, drift, database, credentials } = args;
    return [
        ...reference("pipeline", pipeline, {
            parts: ["pipelineName", "pipelineArn"],
            allowed: "a DbPipeline, or what it has",
            fix: "Pass a DbPipeline.",
        }),
        ...pipelineBuildsRules("builds", builds),
        ...(drift === undefined ? [] : buildRules("drift", drift)),
        ...databaseRules("database", database),
        optionalGroup("credentials", credentials, "For example { administrator: secret }."),
        ...Object.entries(isGroup(credentials) ? credentials : {}).flatMap(([name, credential]) =>
            credentialRules(`credentials.${name}`, credential),
        ),
        listOfTexts("notificationEmails", args.notificationEmails),
        ...flags(args, "notifySuccess", "alarms", "databaseEvents", "dashboard"),
        optionalGroup("thresholds", args.thresholds, "For example { cpuPercent: 80 }."),
        optionalGroup("backup", args.backup, "For example { retentionInDays: 35 }."),
        tagsRule(args.tags),
    ];
}

function rules(name: string, args: OperationsArgs): Rule[] {
    return [
        // The topic's name is `<name>-notifications` plus Pulumi's random suffix.
        nameRule(name, nameLimits.topic - "-notifications-0a1b2c3".length),
        ...Object.keys(args.credentials ?? {}).map((credential) =>
            // The key becomes part of an alarm's name.
            matching(
                "credentials",
                credential,
                /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/,
                "names of 1 to 32 lower-case letters, digits and hyphens",
                "For example { administrator: secret }.",
            ),
        ),
        ...emailRules("notificationEmails", args.notificationEmails),
        chatChannelRule(args.chatChannelArn),
        ...thresholdRules(args.thresholds),
        {
            arg: "thresholds",
            kind: "Conflict",
            given: args.thresholds,
            valid: args.alarms !== false || args.thresholds === undefined,
            allowed: "nothing while alarms is false",
            fix: "Leave it out, or leave alarms out.",
        },
        ...backupRules(args.backup),
        ...(args.alarms === false ? [] : missingRules(args.backup, args.thresholds?.backupHours)),
        kmsKey("kmsKeyArn", args.kmsKeyArn),
    ];
}

function keyArgs(name: string, { tags }: Settings, at: pulumi.Output<Location>) {
    return { at, description: `Notifications and backups of ${name}`, deletionWindowInDays: 30, tags };
}

/** The services that publish to the topic. */
const publishers = ["cloudwatch.amazonaws.com", "codestar-notifications.amazonaws.com", "events.rds.amazonaws.com"];

/** The channel of Amazon Q Developer that receives notifications. */
export function chatChannelRule(given: unknown): Rule {
    return matching(
        "chatChannelArn",
        given,
        /^arn:aws[a-z-]*:chatbot::\d{12}:chat-configuration\/(slack-channel|microsoft-teams-channel)\/.+$/,
        "the ARN of a channel (arn:aws:chatbot::<account>:chat-configuration/slack-channel/<name>)",
        "Configure the channel in Amazon Q Developer in chat applications first.",
    );
}

function createTopic(
    name: string,
    { notificationEmails: emails = [], tags }: Settings,
    at: pulumi.Output<Location>,
    kmsKeyArn: pulumi.Input<string>,
    parent: pulumi.Resource,
): aws.sns.Topic {
    return topic(`${name}-notifications`, { at, kmsKeyArn, emails, publishers, tags }, parent);
}

function tellOfDeliveries(name: string, settings: Settings, told: aws.sns.Topic, parent: pulumi.Resource): void {
    const { pipeline, chatChannelArn, notifySuccess, tags } = settings;
    const projectArns = ofEach(settings, ({ projectArn }) => projectArn);
    const { pipelineArn } = pipeline;
    notify(name, { pipelineArn, projectArns, topicArn: told.arn, chatChannelArn, notifySuccess, tags }, parent);
}

function createBackup(
    name: string,
    { backup, database, tags }: Settings,
    at: pulumi.Output<Location>,
    kmsKeyArn: pulumi.Input<string>,
    parent: pulumi.Resource,
): Backup {
    const clusterArn = pulumi
        .all([at, database.clusterIdentifier])
        .apply(([location, identifier]) => arn(location, "rds", `cluster:${identifier}`));
    return backUp(name, { ...withDefaults(backup ?? {}, backupDefaults), at, clusterArn, kmsKeyArn, tags }, parent);
}

function watch(
    name: string,
    settings: Settings,
    told: aws.sns.Topic,
    backup: Backup | undefined,
    parent: pulumi.Resource,
): RaisedAlarm[] {
    const { pipeline, builds, database, drift, thresholds, tags } = settings;
    const alarms = alarmsFor(
        {
            clusterIdentifier: database.clusterIdentifier,
            pipelineName: pipeline.pipelineName,
            projectNames: ofEach(settings, ({ projectName }) => projectName),
            driftProjectName: drift?.projectName,
            rotations: rotationsOf(settings),
            backup: backup && { vaultName: backup.vault.name, since: backup.since },
        },
        withDefaults(thresholds ?? {}, alarmThresholds),
    );
    const { projectName: firstProjectName } = builds.bootstrap ?? builds.plan ?? builds.deploy;
    return createAlarms(name, { alarms, firstProjectName, topicArn: told.arn, tags }, parent);
}

/** The rotation function of each credential; absent for a credential without one. */
function rotationsOf({ credentials = {} }: Settings): Record<string, WatchedRotation> {
    return Object.fromEntries(
        Object.entries(credentials).flatMap(
            ([name, { rotationFunctionName: functionName, rotationFailureMetric: failureMetric }]) =>
                functionName === undefined ? [] : [[name, { functionName, failureMetric }]],
        ),
    );
}

function createDashboard(
    name: string,
    settings: Settings,
    at: pulumi.Output<Location>,
    alarms: RaisedAlarm[],
    parent: pulumi.Resource,
): aws.cloudwatch.Dashboard {
    const { pipeline, database } = settings;
    const body = pulumi
        .output({
            at,
            clusterIdentifier: database.clusterIdentifier,
            engine: database.engine,
            pipelineName: pipeline.pipelineName,
            projectNames: ofEach(settings, ({ projectName }) => projectName),
            alarmArns: alarms.map((alarm) => alarm.arn),
        })
        .apply(({ at: location, ...parts }) =>
            dashboardBody({
                ...parts,
                region: location.region,
                pipelineUrl: pipelineUrl(location, parts.pipelineName),
            }),
        );
    return new aws.cloudwatch.Dashboard(
        name,
        { dashboardName: name, dashboardBody: pulumi.jsonStringify(body) },
        { parent },
    );
}

/** The project name of each build, by its action. */
function ofEach<T>({ builds, drift }: Settings, take: (build: BuildRef) => T): Record<string, T> {
    const all = { ...buildsByAction(builds), ...(drift && { drift }) };
    return Object.fromEntries(Object.entries(all).map(([action, build]) => [action, take(build)]));
}
