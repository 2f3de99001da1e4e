import type * as pulumi from "@pulumi/pulumi";
import type { GuardArgs } from "../codeBuild/guards";
import { Tool } from "../codeBuild/args";
import type { RehearsalArgs } from "../codeBuild/rehearsal";
import type { GroupRoleArgs } from "../codeBuild/bootstrap";
import { Auth } from "../contract";
import { Egress } from "../network";
import type { SourceArgs } from "../pipeline/source";
import type { DatabaseRef, NetworkRef, SecretRef } from "../references";
import { Engine } from "../shared/engines";

/** Arguments of a `DatabaseDelivery`. Unless said otherwise, a change is made in place and costs nothing. */
export interface DatabaseDeliveryArgs {
    /**
     * Identifier of an existing Aurora cluster of the account and region: its address, port, security group, key and
     * instances are looked up. Either this or `database`. Default: none.
     */
    clusterIdentifier?: pulumi.Input<string>;
    /** The database, as an `AuroraCluster` has it. Either this or `clusterIdentifier`. Default: none. */
    database?: DatabaseRef;
    /**
     * Engine of the cluster: "aurora-postgresql" or "aurora-mysql". It decides which users there are, so it must be
     * known before the cluster is looked up. Default: "aurora-postgresql".
     */
    engine?: Engine;
    /**
     * Database in the cluster that the migrations are for; only with `clusterIdentifier`. Default: the one that was
     * created with the cluster.
     */
    databaseName?: pulumi.Input<string>;
    /**
     * Security group of the cluster, to which each build adds a rule that admits it; only with `clusterIdentifier`.
     * Default: the first of the cluster's groups.
     */
    securityGroupId?: pulumi.Input<string>;
    /**
     * Credential of the cluster's master user: a secret with `username` and `password`. Only the build that creates the
     * other users reads it. Required with `database`. Default: the secret that RDS manages for the cluster.
     */
    administrator?: SecretRef;
    /**
     * The VPC: its id, and subnets of the builds that reach AWS and the database. Changing the VPC replaces the
     * builds' security groups.
     */
    network: NetworkRef;
    /**
     * How builds reach AWS, as the network provides it: "NatPerAz" or "SingleNat" allow port 443 to the internet,
     * "Endpoints" only to the network's interface endpoints and S3. Default: "SingleNat".
     */
    egress?: Egress;
    /** Where the migrations come from. */
    source: SourceArgs;
    /** The tool that the migrations are written for; not "Custom". Default: "Liquibase". */
    tool?: Tool;
    /** Directory of the migrations within the source, relative to its root. Default: "migrations". */
    migrationsDirectory?: string;
    /** Name of the environment, for reports, such as `dev` or `prod`. Default: the stack's name. */
    environmentName?: string;
    /** The users of the database; not for Aurora MySQL. Default: the default of each field. */
    users?: DeliveryUsersArgs;
    /**
     * Days between rotations of the passwords of the users that are created, 1 to 90, or 0 for no rotation. Default:
     * 30.
     */
    rotationDays?: number;
    /** Days in which a deleted secret can be restored: 7 to 30, or 0 for immediate deletion. Default: 30. */
    recoveryWindowInDays?: number;
    /** Whether a person approves each plan before it changes the database. Default: true. */
    approval?: boolean;
    /**
     * The risks for which a plan needs that approval; see the arg of `MigrationBuild`. A plan with none of them is
     * deployed at once. Only with `approval`, and without `rehearsal`. Default: every plan is approved.
     */
    approvalFor?: string[];
    /** E-mail addresses that receive approval requests; each must confirm its subscription once. Default: none. */
    approvalEmails?: string[];
    /**
     * Minutes after each deployment in which alarms are watched, 1 to 1440, before the next release begins: an alarm in
     * that time fails the execution, and is reported. Default: none.
     */
    bakeMinutes?: number;
    /**
     * Names of the alarms that are watched, 1 to 5 metric alarms of the account and region, such as those on an
     * application's errors. Only with `bakeMinutes`. Default: those on the database's CPU, memory, connections, deadlocks
     * and replica lag.
     */
    bakeAlarms?: string[];
    /** Rehearses each release on a copy of the data, `{}` with the defaults of its fields. Default: no rehearsal. */
    rehearsal?: RehearsalArgs;
    /** Limits that protect a database in use during a deployment. Default: the default of each field. */
    guards?: GuardArgs;
    /**
     * Whether changelogs may run code from the repository in the build; see the arg of `MigrationBuild`. Default:
     * false.
     */
    allowCode?: boolean;
    /**
     * Minimum lint levels, which the repository's `lint.yaml` and waivers cannot lower; see the arg of
     * `MigrationBuild`. Default: warnings for what loses data, fails or locks, errors for what hides from review.
     */
    lintFloor?: { [key: string]: string };
    /**
     * When drift detection runs: `rate(1 day)`, `cron(0 5 * * ? *)` in UTC, or `never`. Each run costs about a cent.
     * Default: "rate(1 day)".
     */
    driftSchedule?: string;
    /** E-mail addresses that receive all notifications; each must confirm its subscription once. Default: none. */
    notificationEmails?: string[];
    /**
     * ARN of a Slack or Microsoft Teams channel in Amazon Q Developer (AWS Chatbot) that receives notifications about
     * deliveries and builds. Default: none.
     */
    chatChannelArn?: string;
    /** Whether successful deliveries are reported too. Default: true. */
    notifySuccess?: boolean;
    /** Alarms on the database, deliveries and rotation, $0.10 a month each. Default: true. */
    alarms?: boolean;
    /** Whether failovers, failures, maintenance and changes of the cluster are reported. Default: true. */
    databaseEvents?: boolean;
    /** A CloudWatch dashboard of the database and the deliveries, $3 a month after the first three. Default: true. */
    dashboard?: boolean;
    /**
     * Days that a locked vault keeps daily backups of the cluster, 1 to 3650, at $0.021 per GB and month. Default: no
     * vault; the cluster's automated backups remain.
     */
    vaultRetentionDays?: number;
    /** Whether access to the artifacts is logged, in a bucket of the pipeline's own. Default: true. */
    accessLog?: boolean;
    /** Days that logs are kept, one of CloudWatch Logs' values. Default: 365. */
    logRetentionInDays?: number;
    /**
     * Whether destroying the pipeline also deletes the artifacts, with the plans and records of past releases.
     * Default: false.
     */
    forceDestroy?: boolean;
    /**
     * ARN of the KMS key for artifacts, logs, secrets and notifications. Its policy must allow CloudWatch Logs and the
     * services that notify to use it. Default: a key of the pipeline's own ($1 a month) for artifacts and notifications,
     * AWS managed keys for the rest.
     */
    kmsKeyArn?: pulumi.Input<string>;
    /**
     * Path of the toolchain archive (ZIP) that the builds run, absolute or relative to the program's working directory.
     * Default: the archive that is part of the package.
     */
    toolchain?: string;
    /** Tags for every resource that supports them. Default: none. */
    tags?: { [key: string]: string };
}

/** The users of a database, which the pipeline's first stage creates. A change is made in place by its next run. */
export interface DeliveryUsersArgs {
    /**
     * How the builds authenticate: "Secret", with a password, or "Iam", with IAM tokens, on a cluster that allows it.
     * Default: "Secret".
     */
    auth?: Auth;
    /** Role that owns everything that migrations create. Default: the database's name and `_owner`. */
    ownerRole?: pulumi.Input<string>;
    /** User that deploys, rolls back and rehearses. Default: the database's name and `_migrator`. */
    migratorName?: pulumi.Input<string>;
    /** User that plans and detects drift. Default: the database's name and `_planner`. */
    plannerName?: pulumi.Input<string>;
    /** Extensions that the administrator creates; see `BootstrapArgs`. Default: none. */
    extensions?: string[];
    /** Roles without login that bundle privileges; see `BootstrapArgs`. Default: none. */
    groupRoles?: GroupRoleArgs[];
    /** Users that applications log in as, each with a secret of its own or with IAM. Default: none. */
    applicationUsers?: DeliveryApplicationUserArgs[];
    /**
     * Existing roles whose objects in this database become the owner's; see `BootstrapArgs`. Default: none; the first
     * run lists whose objects stay as they are.
     */
    takeOverFrom?: string[];
}

/** A user that an application logs in as. */
export interface DeliveryApplicationUserArgs {
    /** Name of the user. An existing role that no earlier run created is rejected and stays unchanged. */
    name: string;
    /** How it authenticates: "Secret", with a secret that is created, or "Iam". Default: "Secret". */
    auth?: Auth;
    /** Group roles, of `groupRoles`, that it is a member of. Default: none. */
    memberOf?: string[];
    /** Its own privileges, as those of a group role. Default: none. */
    grants?: string[];
}

/** The defaults, those of the stack `prod`; a test compares both with the docstrings above. */
export const databaseDeliveryDefaults = {
    engine: Engine.AuroraPostgresql,
    egress: Egress.SingleNat,
    tool: Tool.Liquibase,
    migrationsDirectory: "migrations",
    rotationDays: 30,
    recoveryWindowInDays: 30,
    approval: true,
    allowCode: false,
    lintFloor: {
        destructive: "warning",
        failing: "warning",
        guards: "warning",
        locking: "warning",
        "misread-strings": "error",
        "shadows-builtin": "error",
        "tracking-tables": "error",
    },
    driftSchedule: "rate(1 day)",
    notifySuccess: true,
    alarms: true,
    databaseEvents: true,
    dashboard: true,
    accessLog: true,
    logRetentionInDays: 365,
    forceDestroy: false,
} satisfies Partial<DatabaseDeliveryArgs>;
export const deliveryUsersDefaults = { auth: Auth.Secret } satisfies DeliveryUsersArgs;

/** The args with their defaults, and with what was looked up. */
export type Settings = DatabaseDeliveryArgs &
    Required<Pick<DatabaseDeliveryArgs, keyof typeof databaseDeliveryDefaults>> & {
        environmentName: string;
        users: DeliveryUsersArgs;
        database: DatabaseRef;
        administrator: SecretRef;
    };
