import { approvalRiskNames } from "./approvalRisks";
import { Action, Auth, AuthVariables, DeliveryTool, RehearsalCopy } from "./contract";
import { cronAllowed, cronPattern, defaultTimeZone, timeZoneAllowed, timeZonePattern } from "./cronWindow";
import { type ApplicationUser, type GroupRole, roleData } from "./databaseRoles";
import type { LintFloor } from "./lintRules";
import type { OptionPart, OptionRow } from "./optionRow";

/**
 * The options of a build, one row each: their names in a stack's config, in the args of `MigrationBuild`, in the
 * variables of the project and in the delivery program, their allowed values, and their documentation. The config's
 * schema, the args with their rules and docstrings, the variables with their parser, and the documents are generated
 * from these rows; CONTRIBUTING.md explains how. This file depends on neither Pulumi nor Node.
 */

const rehearsing = [Action.Rehearse] as const;
const changing = [Action.Deploy, Action.Rollback] as const;
const identifier = {
    type: "text",
    pattern: /^[A-Za-z][A-Za-z0-9-]{0,62}$/,
    allowed: "the identifier of a cluster: a letter, then up to 62 letters, digits and hyphens",
} as const;
const loginRole = "Changing the name creates a new user and keeps the old one.";

/** In the order of the documents and of a project's variables. */
export const options = {
    /** Of every build; its arg has a value more, for builds without the delivery program. */
    tool: {
        ...{ type: "choice", values: DeliveryTool, typeName: "Tool", default: DeliveryTool.Liquibase },
        ...{ variable: "MIGRATION_TOOL", arg: "tool" },
        config: { description: "Migration tool that the migrations are written for.", example: "Liquibase" },
    },
    /** The cluster to clone; the reaper reads it too. */
    sourceCluster: { ...identifier, part: "rehearsal", actions: rehearsing, variable: "REHEARSAL_SOURCE_CLUSTER" },
    copy: {
        ...{ type: "choice", values: RehearsalCopy, typeName: "RehearsalCopy", default: RehearsalCopy.AuroraClone },
        ...{ part: "rehearsal", actions: rehearsing, variable: "REHEARSAL_COPY", arg: "rehearsal.copy" },
        doc: 'How the copy is made: "AuroraClone" or "DatabaseTemplate".',
    },
    /** Security group of the clones, which admits rehearsals only. */
    securityGroup: {
        ...{ type: "text", pattern: /^sg-\w{1,60}$/, allowed: "the id of a security group" },
        ...{ part: "rehearsal", actions: rehearsing, variable: "REHEARSAL_SECURITY_GROUP" },
    },
    /** Age at which the reaper deletes a clone that its build left behind. */
    cloneLifetimeMinutes: {
        ...{ type: "wholeNumber", range: [1, 999_999_999], unit: "minutes" },
        ...{ part: "rehearsal", actions: rehearsing, variable: "REHEARSAL_CLONE_LIFETIME_MINUTES" },
    },
    lockBudgetMilliseconds: {
        ...{ type: "wholeNumber", range: [0, 3_600_000], unit: "milliseconds", default: 1000 },
        ...{ part: "rehearsal", actions: rehearsing, variable: "LOCK_BUDGET_MILLISECONDS" },
        arg: "rehearsal.lockBudgetMilliseconds",
        doc: "How long a changeset may hold an ACCESS EXCLUSIVE lock on an existing table, in milliseconds, {range}; a longer lock fails the rehearsal.",
        config: {
            description: "Longest ACCESS EXCLUSIVE lock that a changeset may hold in a rehearsal.",
            example: 500,
        },
    },

    /** Set in the project, where the repository cannot change it. */
    allowCode: {
        ...{ type: "flag", default: false, part: "build", variable: "ALLOW_CODE", arg: "allowCode" },
        actions: [Action.Plan, Action.Rehearse, Action.Deploy, Action.Rollback],
        doc: 'Whether changelogs may run code from the repository in the build: classes in its jars (`customChange`, extensions) and programs (`executeCommand`). The code runs with the privileges of the build, and in a plan it runs before anyone has approved it. The plan lists it first, and its SHA-256 is part of the approved digest. If false, such changelogs are rejected. Use the same value for all builds of a pipeline. Only with {actions}, and not with tool "Custom".',
        elsewhere: "Leave it out: no other build reads a changelog.",
        config: {
            description:
                "Whether changelogs may run code from the repository (classes in its jars, programs). A plan runs it before anyone approves.",
            example: true,
        },
    },

    /** At least 1: without a timeout, a statement that waits for a lock blocks all statements behind it. */
    lockTimeoutMilliseconds: {
        ...{ type: "wholeNumber", range: [1, 600_000], unit: "milliseconds", default: 5000 },
        ...{ part: "guards", actions: changing, variable: "LOCK_TIMEOUT_MILLISECONDS" },
        arg: "guards.lockTimeoutMilliseconds",
        doc: "How long a statement waits for a lock, blocking the statements behind it, in milliseconds, {range}. A changeset that does not get its lock is retried. Changesets outside a transaction (`CREATE INDEX CONCURRENTLY`) wait without a limit.",
        config: {
            description: "How long a statement waits for a lock before its changeset is retried.",
            example: 2000,
        },
    },
    statementTimeoutMilliseconds: {
        ...{ type: "wholeNumber", range: [0, 86_400_000], unit: "milliseconds", default: 0 },
        ...{ part: "guards", actions: changing, variable: "STATEMENT_TIMEOUT_MILLISECONDS" },
        arg: "guards.statementTimeoutMilliseconds",
        doc: "How long a statement in a transaction may run, in milliseconds, {range}; 0 means no limit. A statement that exceeds it fails the deployment, which is then undone.",
        config: {
            description: "How long a statement in a transaction may run; 0 means no limit.",
            example: 600_000,
        },
    },
    lockRetryBudgetSeconds: {
        ...{ type: "wholeNumber", range: [0, 3600], unit: "seconds", default: 120 },
        ...{ part: "guards", actions: changing, variable: "LOCK_RETRY_BUDGET_SECONDS" },
        arg: "guards.lockRetryBudgetSeconds",
        doc: "How long a changeset that does not get its locks is retried, in seconds, {range}.",
        config: { description: "How long a changeset that does not get its locks is retried.", example: 300 },
    },
    deploymentWaitSeconds: {
        ...{ type: "wholeNumber", range: [0, 3600], unit: "seconds", default: 300 },
        ...{ part: "guards", actions: [Action.Plan, ...changing], variable: "DEPLOYMENT_WAIT_SECONDS" },
        arg: "guards.deploymentWaitSeconds",
        doc: "How long to wait for another running deployment that holds Liquibase's lock, in seconds, {range}; a plan waits only if it is refused meanwhile. With {actions}.",
        config: {
            description:
                "How long a deployment, or a plan that is refused meanwhile, waits for another running deployment.",
            example: 600,
        },
    },
    /** The pipeline waits for it, and the deployment checks it again: an approval may come after it has closed. */
    deploymentWindow: {
        ...{ type: "text", pattern: cronPattern, allowed: cronAllowed, part: "guards", actions: [Action.Deploy] },
        ...{ variable: "DEPLOYMENT_WINDOW", arg: "guards.deploymentWindow" },
        doc: "The window in which deployments may begin, as a cron expression: `* * 9-16 ? * MON-THU` are the hours from 9:00 to 16:59. A deployment outside it is refused before it changes anything; a rollback needs no window. Only with {actions}.",
        elsewhere: "Leave it out: no other build deploys.",
        config: {
            description:
                "The window in which deployments may begin, as a cron expression of CodePipeline: the pipeline waits for it, and asks for approval in it. A rollback does not wait.",
            example: "* * 9-16 ? * MON-THU",
        },
    },
    deploymentWindowTimeZone: {
        ...{ type: "text", pattern: timeZonePattern, allowed: timeZoneAllowed, default: defaultTimeZone },
        ...{ part: "guards", actions: [Action.Deploy], variable: "DEPLOYMENT_WINDOW_TIME_ZONE" },
        arg: "guards.deploymentWindowTimeZone",
        doc: "Time zone of `guards.deploymentWindow`, as in the IANA database. Only with {actions}.",
        elsewhere: "Leave it out: no other build deploys.",
        config: { description: "Time zone of deploymentWindow.", example: "Europe/Berlin" },
    },
    /**
     * How long the holder of the lock may be without a session before it is considered dead, in seconds; no project
     * sets it. A live holder reconnects within this time, even after a failover of the cluster.
     */
    takeoverGraceSeconds: {
        ...{ type: "wholeNumber", range: [1, 2 ** 31 - 1], unit: "seconds", default: 30 },
        ...{ part: "guards", actions: changing, variable: "TAKEOVER_GRACE_SECONDS" },
    },
    /** The cluster of which a deployment takes a snapshot before it begins. If unset, it takes none. */
    snapshotCluster: { ...identifier, part: "build", actions: [Action.Deploy], variable: "SNAPSHOT_CLUSTER" },

    lintFloor: {
        ...{ type: "lintLevels", part: "build", variable: "LINT_FLOOR", arg: "lintFloor" },
        actions: [Action.Plan, Action.Deploy],
        doc: 'Minimum lint levels, which the repository\'s `lint.yaml` and waivers cannot lower: a map of rules, groups or `drift` to "off", "warning" or "error". Only with {actions}.',
        elsewhere: "Leave it out: no other build lints.",
        config: {
            description: "Minimum lint levels, which lint.yaml and waivers cannot lower; replaces the default.",
            example: '{"destructive":"warning","locking":"error"}',
        },
    },
    /** The plan decides by it which way an execution takes; the deployment checks what was not approved. */
    approvalFor: {
        ...{ type: "words", words: approvalRiskNames, part: "build", variable: "APPROVAL_FOR", arg: "approvalFor" },
        actions: [Action.Plan, Action.Deploy],
        doc: `The risks for which a plan needs a person's approval, in a pipeline that requires one: groups of lint rules, \`code\` and \`drift\`. What the repository lowers or waives always needs it. The deployment refuses a plan that needs approval and has none. Only with {actions}.`,
        elsewhere: "Leave it out: no other build decides who is asked.",
        config: {
            description:
                "Risks of a plan for which a person is asked; a plan with none of them is deployed at once. What the repository lowers or waives is always one. Every plan that is not asked for is still recorded.",
            example: '["destructive","locking","irreversible","code","drift"]',
        },
    },
    /** Uses the variable of {@link options.snapshotCluster}. */
    snapshotBeforeDeploy: {
        ...{ type: "flag", default: false, actions: [Action.Deploy], arg: "guards.snapshotBeforeDeploy" },
        doc: "Takes a snapshot of the cluster before a deployment and waits for it. This takes minutes and costs $0.021 per GB and month until someone deletes the snapshot. Only with {actions}.",
        elsewhere: "Leave it out: a rollback reverts a deployment that may have taken one.",
        config: {
            description:
                "Whether a deployment begins with a snapshot of the cluster. It adds minutes, and the snapshot is never deleted automatically.",
            example: true,
        },
    },

    driftSchedule: {
        ...{ type: "schedule", arg: "drift.schedule" },
        config: {
            description: "When drift detection runs; detected drift is reported to the topic.",
            example: "cron(0 5 * * ? *)",
        },
    },
    databaseAuth: {
        ...{ type: "choice", values: Auth, typeName: "Auth", default: Auth.Secret },
        ...{ variable: AuthVariables.auth, arg: "auth" },
        config: {
            description: "How builds authenticate to the database: with passwords or with IAM tokens.",
            example: "Iam",
        },
    },
    ownerName: {
        ...{ type: "roleName", suffix: "owner", variable: "BOOTSTRAP_OWNER", arg: "bootstrap.ownerRole" },
        config: {
            description:
                "Role that owns what migrations create. Changing the name creates a new role, which takes over everything that the old one owns.",
            example: "shop_owner",
        },
    },
    /**
     * The user that deploys, rolls back and rehearses; a member of the owner role. Role settings of this user and of
     * the planner apply to this database only: rotation logs in to another database, where each must act under its own
     * role with write access to change its password.
     */
    migratorName: {
        ...{ type: "roleName", suffix: "migrator", variable: "BOOTSTRAP_MIGRATOR", arg: "bootstrap.migrator.username" },
        config: { description: `User that deploys. ${loginRole}`, example: "shop_migrator" },
    },
    /** The user that plans and detects drift; reads the catalog and Liquibase's tables. */
    plannerName: {
        ...{ type: "roleName", suffix: "planner", variable: "BOOTSTRAP_PLANNER", arg: "bootstrap.planner.username" },
        config: { description: `User that plans. ${loginRole}`, example: "shop_planner" },
    },
    extensions: {
        ...{ type: "roleData", key: "extensions", variable: "BOOTSTRAP_EXTENSIONS" },
        arg: "bootstrap.extensions",
        config: {
            description:
                "Extensions that the administrator creates, in a schema of their own. One that is taken out is dropped unless something depends on it.",
            example: roleData.extensions.example,
        },
    },
    groupRoles: {
        ...{ type: "roleData", key: "groupRoles", variable: "BOOTSTRAP_GROUP_ROLES" },
        arg: "bootstrap.groupRoles",
        config: {
            description:
                "Roles without login, with exactly these privileges on the owner's objects, including those that later migrations create.",
            example: roleData.groupRoles.example,
        },
    },
    applicationUsers: {
        ...{ type: "roleData", key: "applicationUsers", variable: "BOOTSTRAP_APPLICATION_USERS" },
        arg: "bootstrap.applicationUsers",
        config: {
            description:
                "Users for applications, each with its own rotated secret or with IAM, and exactly these privileges. One that is taken out is dropped unless it owns something.",
            example: roleData.applicationUsers.example,
        },
    },
    takeOverFrom: {
        ...{ type: "roleData", key: "takeOverFrom", variable: "BOOTSTRAP_TAKE_OVER_FROM" },
        arg: "bootstrap.takeOverFrom",
        config: {
            description:
                "Roles whose objects become the owner's, for a database that existed before the pipeline. Each role becomes a member of the owner, so that applications that log in as it keep working.",
            example: roleData.takeOverFrom.example,
        },
    },

    /**
     * How long any connection may go without an answer, in seconds, before the server is considered gone and the build
     * ends; no project sets it.
     */
    silenceSeconds: {
        // Above 45 s, a build could no longer end within a minute of silence, which is when the server ends its
        // sessions.
        ...{ type: "wholeNumber", range: [10, 45], unit: "seconds", default: 45 },
        ...{ part: "database", variable: "SERVER_SILENCE_SECONDS" },
    },
    /**
     * How long a plan that the pipeline runs beside the bootstrap of the same execution waits for the bootstrap to end.
     * If unset, the plan does not wait.
     */
    bootstrapWaitSeconds: {
        ...{ type: "wholeNumber", range: [1, 99_999], unit: "seconds" },
        ...{ part: "build", actions: [Action.Plan], variable: "BOOTSTRAP_WAIT_SECONDS" },
    },
} as const satisfies Record<string, OptionRow>;

type Options = typeof options;
export type OptionName = keyof Options;

/** The type of an option's value in a program. */
export type OptionValue<Name extends OptionName> = ValueOf<Options[Name]>;
type ValueOf<Row> = Row extends { type: "wholeNumber" }
    ? number
    : Row extends { type: "flag" }
      ? boolean
      : Row extends { type: "choice"; values: infer Values }
        ? Values[keyof Values]
        : Row extends { type: "words" }
          ? string[]
          : Row extends { type: "lintLevels" }
            ? LintFloor
            : Row extends { key: "extensions" | "takeOverFrom" }
              ? string[]
              : Row extends { key: "groupRoles" }
                ? GroupRole[]
                : Row extends { key: "applicationUsers" }
                  ? ApplicationUser[]
                  : string;

/** Options that are config keys. */
export type ConfigOption = {
    [Name in OptionName]: Options[Name] extends { config: object } ? Name : never;
}[OptionName];
/** The values of the options that are set. */
export type ConfigOptions = { [Name in ConfigOption]?: OptionValue<Name> };

/** One part of the delivery program's settings; options without a default may be absent. */
export type OptionsOf<Part extends OptionPart> = {
    -readonly [
        Name in OptionName as Options[Name] extends { part: Part; default: unknown } ? Name : never
    ]: OptionValue<Name>;
} & {
    -readonly [
        Name in OptionName as Options[Name] extends { part: Part }
            ? Options[Name] extends { default: unknown }
                ? never
                : Name
            : never
    ]?: OptionValue<Name>;
};

/** The rows, with the type that is common to all. */
export function optionRows(): [name: OptionName, row: OptionRow][] {
    return Object.entries(options) as [OptionName, OptionRow][];
}
