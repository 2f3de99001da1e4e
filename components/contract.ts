/**
 * The contract between the infrastructure and the delivery program that the builds run.
 *
 * `MigrationBuild` and `DbPipeline` write these names into CodeBuild and CodePipeline; `scripts/delivery/` reads them
 * inside the build. Each name is defined once, here; those of options are in options.ts. This file depends on neither
 * Pulumi nor Node.
 */

/** What a build does. */
export const Action = {
    /** Creates the database's users, logged in as the administrator; the first action of a pipeline. */
    Bootstrap: "Bootstrap",
    /** Lists the pending changesets with their SQL, and changes nothing. */
    Plan: "Plan",
    /** Applies and undoes them on a copy of the data, and measures their locks. */
    Rehearse: "Rehearse",
    /** Applies them, and verifies the result. */
    Deploy: "Deploy",
    /** Reverts a release and everything after it. */
    Rollback: "Rollback",
    /** Runs on its own schedule, outside the pipeline: fails if someone changed the catalog by hand. */
    Drift: "Drift",
} as const;
export type Action = (typeof Action)[keyof typeof Action];

/** The delivery program's name for an action: its first argument. */
export type DeliveryCommand = Lowercase<Action>;

export function deliveryCommand<A extends Action>(action: A): Lowercase<A> {
    return action.toLowerCase() as Lowercase<A>;
}

/**
 * The actions of a release: each one applies the source's changesets, reverts them, or determines what that would do.
 */
export const releaseCommands = [Action.Plan, Action.Rehearse, Action.Deploy, Action.Rollback].map(deliveryCommand);
export type ReleaseCommand = (typeof releaseCommands)[number];

/** The scheduled reaper's action of the same program: deletes expired clones. */
export const reapCommand = "reap";

/** Environment variables that the project or the pipeline sets and the delivery program reads. */
export const EnvironmentVariables = {
    /** `aurora-postgresql` or `aurora-mysql`. */
    databaseEngine: "DB_ENGINE",
    /** Writer endpoint. */
    databaseHost: "DB_HOST",
    databasePort: "DB_PORT",
    databaseName: "DB_NAME",
    /** From Secrets Manager (`<secret ARN>:username::`), or a plain value with IAM authentication. */
    databaseUsername: "DB_USERNAME",
    /** Directory in the source that holds `liquibase.properties`, relative to its root. */
    migrationsDirectory: "MIGRATIONS_DIRECTORY",
    /** Name of the environment, for reports (`dev`, `prod`). */
    environmentName: "ENVIRONMENT_NAME",
    /** `#{codepipeline.PipelineExecutionId}`. */
    pipelineExecutionId: "PIPELINE_EXECUTION_ID",
    /** Commit or S3 version of the source. */
    sourceRevision: "SOURCE_REVISION",
    /** Tag to roll back to, or {@link noRollback}. */
    rollbackTo: "ROLLBACK_TO",
} as const;

/** The migration tools of the delivery program. */
export const DeliveryTool = { Liquibase: "Liquibase", Flyway: "Flyway", Sql: "Sql", Command: "Command" } as const;
export type DeliveryTool = (typeof DeliveryTool)[keyof typeof DeliveryTool];

/** The engines that each of them works with. */
export const toolEngines: Readonly<Record<DeliveryTool, readonly string[]>> = {
    Liquibase: ["aurora-postgresql", "aurora-mysql"],
    Flyway: ["aurora-postgresql"],
    Sql: ["aurora-postgresql"],
    Command: ["aurora-postgresql"],
};

/** Authentication mode: how a build authenticates to the database. */
export const Auth = {
    /** With a password from Secrets Manager. */
    Secret: "Secret",
    /** With IAM tokens, which its role may request; each is valid for 15 minutes, and there is no password. */
    Iam: "Iam",
} as const;
export type Auth = (typeof Auth)[keyof typeof Auth];

/** The authentication modes that a project gives its build. */
export const BuildAuth = {
    ...Auth,
    /** With a password that the build sets on its clone. It has none for the database itself. */
    Clone: "Clone",
} as const;
export type BuildAuth = (typeof BuildAuth)[keyof typeof BuildAuth];

/** Further variables of every build that connects: its authentication mode, and what that mode needs. */
export const AuthVariables = {
    /** One of {@link BuildAuth}. If unset, a password. */
    auth: "DB_AUTHENTICATION",
    /** With a password: taken from Secrets Manager (`<secret ARN>:password::`); never on a command line. */
    password: "DB_PASSWORD",
    /**
     * With a password: ARN of its secret, which is read again if the server rejects the password, because rotation may
     * have changed it since the build began. If unset, a rejection is final.
     */
    secret: "DB_SECRET_ARN",
} as const;

/** Further variables of the action `bootstrap`, in addition to the names of the users that it creates. */
export const BootstrapVariables = {
    /** From Secrets Manager; unset with IAM authentication. */
    migratorPassword: "BOOTSTRAP_MIGRATOR_PASSWORD",
    /** ARN of that secret, which is read again if the server rejects the password, before a new one is set. */
    migratorSecret: "BOOTSTRAP_MIGRATOR_SECRET_ARN",
    /** From Secrets Manager; unset with IAM authentication. */
    plannerPassword: "BOOTSTRAP_PLANNER_PASSWORD",
    plannerSecret: "BOOTSTRAP_PLANNER_SECRET_ARN",
} as const;

/** Variables of the bootstrap for an application's user with a password; names of users fit into those of variables. */
export function applicationVariables(user: string): { password: string; secret: string } {
    return { password: `BOOTSTRAP_PASSWORD_OF_${user}`, secret: `BOOTSTRAP_SECRET_ARN_OF_${user}` };
}

/** Further variables of a deployment and a rollback, which the pipeline sets: where their record goes. */
export const RecordVariables = {
    /**
     * Bucket that keeps the record of each release, at {@link recordKey}. If unset, the record is in the artifact only.
     */
    bucket: "RECORD_BUCKET",
    /** Name of the pipeline whose approval let the build start. If unset, no approval was required. */
    approvalPipeline: "APPROVAL_PIPELINE",
} as const;

/** Key prefix of release records in the artifact bucket; permissions are granted for this prefix. */
export const recordPrefix = "deployments/";

/**
 * Key of the record of a deployment or a rollback, by the release id of its execution. Each record is written once: a
 * retried build writes another one.
 */
export function recordKey(releaseId: string, attempt = 1): string {
    return `${recordPrefix}${releaseId}${attempt === 1 ? "" : `.${attempt}`}.json`;
}

/**
 * Name prefix of the snapshots before a deployment; permissions are granted for this prefix. RDS allows 63 characters
 * in total.
 */
export function snapshotPrefix(cluster: string): string {
    return `${shortened(cluster, 32)}-release-`;
}

/** How a copy of the data is made. */
export const RehearsalCopy = {
    /**
     * A copy-on-write clone of the cluster on its own serverless instance, charged by the minute. The build can reach
     * only the clone: the network allows no other target, and the original rejects its password.
     */
    AuroraClone: "AuroraClone",
    /**
     * A copy of the database in the same server, made while no other session is connected to it: for small databases of
     * your own. A rehearsal can reach the original, which is in that server, with the build's credential.
     */
    DatabaseTemplate: "DatabaseTemplate",
} as const;
export type RehearsalCopy = (typeof RehearsalCopy)[keyof typeof RehearsalCopy];

/** Name prefix of clones; permissions are granted for this prefix. RDS allows 63 characters in total. */
export function clonePrefix(sourceCluster: string): string {
    return `${shortened(sourceCluster, 40)}-rehearsal-`;
}

/**
 * The name itself if it is at most this long; otherwise its beginning and a hash of all of it, so that two long names
 * with the same beginning stay distinct.
 */
export function shortened(name: string, length: number): string {
    if (name.length <= length) {
        return name;
    }
    const hash = fnv1a(name).toString(16).padStart(8, "0");
    return `${name.slice(0, length - hash.length - 1).replace(/-+$/, "")}-${hash}`;
}

/** The 32-bit FNV-1a hash: it keeps names distinct and is not meant for security. */
function fnv1a(text: string): number {
    let hash = 0x811c9dc5;
    for (const character of text) {
        hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193) >>> 0;
    }
    return hash;
}

/** Tags of a clone and its instance: which cluster it is a clone of, and when it may be deleted (ISO 8601, UTC). */
export const CloneTags = { source: "aurora-pipeline:rehearsal-of", expires: "aurora-pipeline:expires" } as const;

/**
 * File with the certificate authorities that the database's certificate must chain to (libpq's own variable name). If
 * unset, the RDS bundle in the toolchain; a build image with other authorities sets it.
 */
export const caBundleVariable = "PGSSLROOTCERT";

/**
 * Path of the SQL linter (squawk). If unset, the toolchain's, for Linux on x86-64; a build image on another platform
 * sets it.
 */
export const linterVariable = "SQUAWK";

/** Variables that a plan exports to the pipeline (CodeBuild `exported-variables`, all of the plan's namespace). */
export const ExportedVariables = {
    /** Changesets in the source that have not run in the database. */
    pendingChangesets: "PENDING_CHANGESETS",
    /** Changesets that this run will apply or undo; 0 lets the pipeline skip approval and deployment. */
    plannedChanges: "PLANNED_CHANGES",
    /** SHA-256 of what will run. */
    planDigest: "PLAN_DIGEST",
    /** The release id: the tag that a later rollback returns to. */
    releaseId: "RELEASE_ID",
    /** Lint findings that stop the plan. */
    lintErrors: "LINT_ERRORS",
    /** Lint findings that do not stop it. */
    lintWarnings: "LINT_WARNINGS",
    /** Lint findings covered by a waiver; neither of the other numbers includes them. */
    lintWaived: "LINT_WAIVED",
    /** The number of lint rules that the repository lowers or waives. */
    lintLowered: "LINT_LOWERED",
    /** Catalog objects that someone changed by hand since the last deployment; `unknown` if it cannot be determined. */
    driftedObjects: "DRIFTED_OBJECTS",
    /** `needed` or `unneeded`: whether a person is asked before this plan runs. */
    approval: "APPROVAL",
} as const;

/** Values of {@link ExportedVariables.approval}. */
export const Approval = { needed: "needed", unneeded: "unneeded" } as const;

/** Variables that a rehearsal exports to the pipeline; the approval shows them. */
export const RehearsalExports = {
    /** Passed, or why there was no rehearsal; a failed rehearsal ends the execution. */
    rehearsal: "REHEARSAL",
    /** The longest time that one changeset held an ACCESS EXCLUSIVE lock on an existing table. */
    longestLock: "LONGEST_LOCK_MILLISECONDS",
    /** The result of rolling the release back on the copy. */
    rollback: "ROLLBACK_VERDICT",
} as const;

/** The pipeline's own variable: start an execution with it to roll back. */
export const rollbackVariable = "ROLLBACK_TO";
/** CodePipeline variables cannot be empty: this value means that no rollback was requested. */
export const noRollback = "none";

/**
 * The allowed forms of values that CodePipeline inserts as text into the JSON of an action's variables: a quote in a
 * value would end it and could start another variable. The pipeline checks them before the first build, and the
 * delivery program checks them again. Each regular expression matches the whole value and means the same in Java, whose
 * syntax CodePipeline uses, and in JavaScript.
 */
export const splicedForms = {
    /** A tag in the database: a release id (`release-…`), a custom tag, or {@link noRollback}. */
    rollbackTo: "^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$",
    /** A commit, or an S3 version id. */
    sourceRevision: "^[A-Za-z0-9/+=._~-]{1,1024}$",
    /** The id of a pipeline execution. */
    executionId: "^[A-Za-z0-9-]{1,64}$",
} as const;

/**
 * Artifacts and namespaces of the pipeline. CodeBuild unpacks artifact X to `$CODEBUILD_SRC_DIR_X`. The first 10
 * characters of an artifact's name must be unique: CodePipeline truncates names to them in the keys of the artifact
 * bucket.
 */
export const Artifacts = {
    source: "Source",
    toolchain: "Toolchain",
    /** Output of the stage Plan: what the execution would do if no other one came before it. It is not approved. */
    plan: "Plan",
    /** Output of the stage Deploy: the plan that is rehearsed and approved there; only this one is deployed. */
    deployPlan: "DeployPlan",
    /** Output of the stage Rollback: the plan that is approved there; only this one is reverted. */
    rollbackPlan: "RollbackPlan",
    rehearsal: "Rehearsal",
    deployment: "Deployment",
    /** Output of the stage Unattended, as `Deployment`. */
    unattended: "Unattended",
    rollback: "Rollback",
} as const;
export const Namespaces = {
    source: "SourceVariables",
    plan: "PlanVariables",
    deployPlan: "DeployPlanVariables",
    rollbackPlan: "RollbackPlanVariables",
    rehearsal: "RehearsalVariables",
} as const;

/** Names of the stages, in order. A pipeline without a plan has a stage Bootstrap instead of Plan. */
export const Stages = {
    source: "Source",
    bootstrap: "Bootstrap",
    plan: "Plan",
    rollback: "Rollback",
    /** Only with a deployment window: waits for it. */
    window: "Window",
    deploy: "Deploy",
    /** Only where a plan may need no approval: deploys one that needs none. */
    unattended: "Unattended",
} as const;

/** Names of the actions, each unique within its stage. */
export const StageActions = {
    bootstrap: "Bootstrap",
    plan: "Plan",
    rehearse: "Rehearse",
    /** Stores what waits for the deployment window. */
    store: "Store",
    approve: "Approve",
    deploy: "Deploy",
    rollback: "Rollback",
} as const;

/** Files that a build writes, relative to the root of its source (`CODEBUILD_SRC_DIR`). */
export const Outputs = {
    /** The contents of this directory become the output artifact. */
    artifactsDirectory: ".delivery/artifacts",
    /** JUnit XML for CodeBuild's report tab. */
    reportsDirectory: ".delivery/reports",
    /** Lines `NAME=value`, which the build specification reads after the delivery program ends and never executes. */
    exportsFile: ".delivery/exports.env",
    /** In the plan's artifact. */
    planJson: "plan.json",
    planMarkdown: "plan.md",
    /** The plan as a page for the approver's browser; a rehearsal writes it again, with its measurements. */
    planHtml: "plan.html",
    /** The catalog that the plan starts from. */
    catalogJson: "catalog.json",
    /** Written instead if Liquibase rejects the changelog because an applied changeset was modified. */
    editedJson: "edited.json",
    /** In the rehearsal's artifact. */
    rehearsalJson: "rehearsal.json",
    rehearsalMarkdown: "rehearsal.md",
    /** Output of scheduled drift detection. */
    driftJson: "drift.json",
    /** In the deployment's and the rollback's artifact. */
    deploymentJson: "deployment.json",
} as const;

/**
 * Characters allowed in an exported value. The build specification rejects lines of the exports file with any others.
 */
export const exportedCharacters = "A-Za-z0-9._-";

/**
 * Further variable of a build, which no project sets: the socket of a process that keeps Java processes ready. If
 * unset, each build starts its own.
 */
export const spareJavaVariable = "SPARE_JAVA";

/**
 * Further variable of a build, which no project sets: a directory with the toolchain and with Java's own form of its
 * classes, where somebody keeps one. If unset, each build loads the classes from the toolchain's jars.
 */
export const keptToolchainVariable = "KEPT_TOOLCHAIN";

/** Layout of the toolchain archive. */
export const Toolchain = {
    /** The delivery program, bundled to one CommonJS file. */
    program: "delivery.cjs",
    /** The AWS SDKs that it uses, bundled to another file; `node_modules/` refers to it by the SDKs' names. */
    awsSdks: "aws-sdks.cjs",
    /** Jars: Liquibase, its libraries, JDBC drivers. */
    libraries: "lib",
    /** Compiled classes of the Liquibase session. */
    classes: "aurora-pipeline.jar",
    /**
     * The classes as Java has loaded them (class data sharing). Only beside a toolchain that is kept: it depends on the Java
     * runtime and on the directory, so the archive has none.
     */
    classData: "aurora-pipeline.jsa",
    /** Certificate authorities of Amazon RDS. */
    certificates: "rds-global-bundle.pem",
    /** The SQL linter (squawk), for Linux on x86-64. */
    linter: "squawk",
    /**
     * PostgreSQL's grammar, compiled to WebAssembly; the program looks for it in its own directory, under this name.
     */
    grammar: "libpg-query.wasm",
} as const;

/**
 * Runtimes that a build selects (CodeBuild `runtime-versions`); the delivery program needs no others. Both are
 * supported until 2028 at least, and the default image offers both:
 * https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html,
 * https://github.com/aws/aws-codebuild-docker-images/blob/master/al/x86_64/standard/5.0/runtimes.yml,
 * https://github.com/nodejs/Release.
 */
export const Runtimes = { java: "corretto17", nodejs: "24" } as const;

/** The long-term support versions of Node.js on which everything here runs, including builds in other images. */
export const NodeVersions = [22, 24, 26];
