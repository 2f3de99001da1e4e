/**
 * The contract between the infrastructure and the delivery program that the builds run.
 *
 * `MigrationBuild` and `DbPipeline` write these names into CodeBuild and CodePipeline; `scripts/delivery/` reads them
 * back inside the build. Each name is written here once. Nothing here depends on Pulumi or on Node.
 */

/** What a build does. */
export const Actions = ["plan", "rehearse", "deploy", "rollback"] as const;
export type ActionName = (typeof Actions)[number];

/** What the scheduled reaper does with the same program: delete the clones whose time has passed. */
export const reapAction = "reap";

/** What the scheduled look for drift does with the same program: compare the catalog with the last deployment's. */
export const driftAction = "drift";

/**
 * What the first stage does with the same program: create the database's users, whom all other builds connect as. It
 * alone connects as the administrator.
 */
export const bootstrapAction = "bootstrap";

/** Environment variables that the project or the pipeline sets and the delivery program reads. */
export const EnvironmentVariables = {
    /** `aurora-postgresql` or `aurora-mysql`. */
    databaseEngine: "DB_ENGINE",
    /** Writer endpoint. */
    databaseHost: "DB_HOST",
    databasePort: "DB_PORT",
    databaseName: "DB_NAME",
    /** From Secrets Manager (`<secret ARN>:username::`), or as it is with IAM authentication. */
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

/**
 * Further variable of a plan that runs beside the bootstrap of the same execution: how many seconds it waits for that to
 * end. Unset, the plan waits for nothing.
 */
export const bootstrapWaitVariable = "BOOTSTRAP_WAIT_SECONDS";

/** Ways of a build to prove to the database who it is. */
export const Authentications = {
    /** A password from Secrets Manager. */
    secret: "Secret",
    /** A token of IAM for each connection, valid for 15 minutes. */
    iam: "Iam",
    /** A password that the build sets on its clone. To the database itself it has none. */
    clone: "Clone",
} as const;
export type AuthenticationName = (typeof Authentications)[keyof typeof Authentications];

/** Further variables of every build that connects: with what it proves who it is. */
export const AuthenticationVariables = {
    /** One of {@link Authentications}. Unset, it is a password. */
    authentication: "DB_AUTHENTICATION",
    /** With a password: from Secrets Manager (`<secret ARN>:password::`); never on a command line. */
    password: "DB_PASSWORD",
    /**
     * With a password: ARN of its secret, which is read again when the server refuses the password, for rotation may
     * have changed it since the build began. Unset, a refusal is final.
     */
    secret: "DB_SECRET_ARN",
} as const;

/** Further variables of the action `bootstrap`: the users that it creates. */
export const BootstrapVariables = {
    /** Role that owns what migrations create; nobody logs in as it. */
    owner: "BOOTSTRAP_OWNER",
    /**
     * User of deployments, rollbacks and rehearsals: a member of the owner. Settings of its own, as of the planner, hold in
     * this database only: rotation logs in to another one, where each must be itself and may write, to change its password.
     */
    migrator: "BOOTSTRAP_MIGRATOR",
    /** From Secrets Manager; unset with IAM authentication. */
    migratorPassword: "BOOTSTRAP_MIGRATOR_PASSWORD",
    /** ARN of that secret, which is read again when the server refuses the password, before another one is set. */
    migratorSecret: "BOOTSTRAP_MIGRATOR_SECRET_ARN",
    /** User of plans and of the look for drift, who reads the catalog and Liquibase's tables. */
    planner: "BOOTSTRAP_PLANNER",
    /** From Secrets Manager; unset with IAM authentication. */
    plannerPassword: "BOOTSTRAP_PLANNER_PASSWORD",
    plannerSecret: "BOOTSTRAP_PLANNER_SECRET_ARN",
} as const;

/** Whether a changelog may run code of the repository: `true` or `false`. Unset, it is false. */
export const codeVariable = "ALLOW_CODE";

/** Further variables of a deployment and a rollback: what keeps them from hurting the database. Each has a default. */
export const GuardVariables = {
    /** Longest that a statement waits for a lock, and everybody else behind it. */
    lockTimeout: "LOCK_TIMEOUT_MILLISECONDS",
    /** Longest that a statement runs; 0 for as long as it needs. */
    statementTimeout: "STATEMENT_TIMEOUT_MILLISECONDS",
    /** How long a changeset is tried again that did not get its locks. */
    lockRetryBudget: "LOCK_RETRY_BUDGET_SECONDS",
    /** How long a build waits for another deployment to end. */
    deploymentWait: "DEPLOYMENT_WAIT_SECONDS",
} as const;

/**
 * Further variable of a deployment and a rollback, which no project sets: seconds without a session before the holder of
 * the lock is taken for dead. A live one reconnects within them, also after a failover of the cluster.
 */
export const takeoverGraceVariable = "TAKEOVER_GRACE_SECONDS";
export const takeoverGraceDefault = 30;

/**
 * Further variable of every build that connects, which no project sets: seconds without an answer on any connection, after
 * which a server counts as gone and the build ends.
 */
export const serverSilenceVariable = "SERVER_SILENCE_SECONDS";
export const serverSilenceDefault = 45;

/** Further variables of a deployment and a rollback, which the pipeline sets: what becomes of their record. */
export const RecordVariables = {
    /** Bucket that keeps the record of each release, at {@link recordKey}. Unset, only the artifact has it. */
    bucket: "RECORD_BUCKET",
    /** Name of the pipeline that let the build in by an approval. Unset, nobody had to approve. */
    approvalPipeline: "APPROVAL_PIPELINE",
} as const;

/** Records of releases lie below it in the artifact bucket; permissions are given for this prefix. */
export const recordPrefix = "deployments/";

/**
 * Where the record of a deployment or a rollback lies, by the release id of its execution. Each record is written once: a
 * build that is tried again leaves another one.
 */
export function recordKey(releaseId: string, attempt = 1): string {
    return `${recordPrefix}${releaseId}${attempt === 1 ? "" : `.${attempt}`}.json`;
}

/** Identifier of the cluster that a deployment takes a snapshot of before it begins. Unset, it takes none. */
export const snapshotVariable = "SNAPSHOT_CLUSTER";

/** Names of such snapshots begin so; permissions are given for this prefix. RDS allows 63 characters in all. */
export function snapshotPrefix(cluster: string): string {
    return `${shortened(cluster, 32)}-release-`;
}

/** Values of {@link GuardVariables} that are not set. */
export const guardDefaults = {
    lockTimeoutMilliseconds: 5000,
    statementTimeoutMilliseconds: 0,
    lockRetryBudgetSeconds: 120,
    deploymentWaitSeconds: 300,
} as const;

/** Further variables of a rehearsal; the reaper reads the first one only. */
export const RehearsalVariables = {
    /** Identifier of the cluster that is cloned. */
    sourceCluster: "REHEARSAL_SOURCE_CLUSTER",
    /** How the copy is made: one of {@link Copies}. */
    copy: "REHEARSAL_COPY",
    /** Security group of the clones, which admits rehearsals only. */
    securityGroup: "REHEARSAL_SECURITY_GROUP",
    /** Minutes after which the reaper deletes a clone that its build left behind. */
    cloneLifetime: "REHEARSAL_CLONE_LIFETIME_MINUTES",
    /** Longest that a changeset may hold an ACCESS EXCLUSIVE lock on a table that was there before. */
    lockBudget: "LOCK_BUDGET_MILLISECONDS",
} as const;

/** Ways to a copy of the data. */
export const Copies = {
    /** A copy-on-write clone of the Aurora cluster, on an instance of its own. */
    auroraClone: "AuroraClone",
    /** A copy of the database in the same server (`CREATE DATABASE … TEMPLATE`), which nobody may be connected to. */
    databaseTemplate: "DatabaseTemplate",
} as const;
export type CopyName = (typeof Copies)[keyof typeof Copies];

/** Names of clones begin so; permissions are given for this prefix. RDS allows 63 characters in all. */
export function clonePrefix(sourceCluster: string): string {
    return `${shortened(sourceCluster, 40)}-rehearsal-`;
}

/**
 * The name, if it has at most so many characters; otherwise its beginning and a hash of all of it, so that two long names
 * with the same beginning stay apart.
 */
export function shortened(name: string, length: number): string {
    if (name.length <= length) {
        return name;
    }
    const hash = fnv1a(name).toString(16).padStart(8, "0");
    return `${name.slice(0, length - hash.length - 1).replace(/-+$/, "")}-${hash}`;
}

/** The 32-bit FNV-1a hash: it keeps names apart, and no secret. */
function fnv1a(text: string): number {
    let hash = 0x811c9dc5;
    for (const character of text) {
        hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193) >>> 0;
    }
    return hash;
}

/** Tags of a clone and its instance: whose it is, and when it may be deleted (ISO 8601, UTC). */
export const CloneTags = { source: "aurora-pipeline:rehearsal-of", expires: "aurora-pipeline:expires" } as const;

/**
 * File with the certificate authorities that the database's certificate must chain to (libpq's own name for it).
 * Unset, it is the RDS bundle in the toolchain; a build image with other authorities sets it.
 */
export const caBundleVariable = "PGSSLROOTCERT";

/**
 * Path of the SQL linter (squawk). Unset, it is the toolchain's, for Linux on x86-64; a build image on another platform
 * sets it.
 */
export const linterVariable = "SQUAWK";

/**
 * Further variable of a plan and a deployment: levels of the linter that the repository cannot go below, as JSON of a
 * `LintFloor`. Unset, there are none.
 */
export const lintFloorVariable = "LINT_FLOOR";

/** Variables that a plan exports to the pipeline (CodeBuild `exported-variables`, all of the plan's namespace). */
export const ExportedVariables = {
    /** Changesets in the source that the database has not run. */
    pendingChangesets: "PENDING_CHANGESETS",
    /** Changesets that this run will apply or undo; 0 lets the pipeline skip approval and deployment. */
    plannedChanges: "PLANNED_CHANGES",
    /** SHA-256 over what will run. */
    planDigest: "PLAN_DIGEST",
    /** The release id: the tag a later rollback goes to. */
    releaseId: "RELEASE_ID",
    /** Findings of the linter that stop the plan. */
    lintErrors: "LINT_ERRORS",
    /** Those that do not stop it. */
    lintWarnings: "LINT_WARNINGS",
    /** Those that a waiver covers; they are in neither of the other numbers. */
    lintWaived: "LINT_WAIVED",
    /** How many of the linter's rules the repository lowers or waives. */
    lintLowered: "LINT_LOWERED",
    /** Objects of the catalog that somebody changed by hand since the last deployment; `unknown` if nobody can tell. */
    driftedObjects: "DRIFTED_OBJECTS",
} as const;

/** Variables that a rehearsal exports to the pipeline; the approval shows them. */
export const RehearsalExports = {
    /** Passed, or why there was none; a rehearsal that fails ends the execution. */
    rehearsal: "REHEARSAL",
    /** Longest time that one changeset held an ACCESS EXCLUSIVE lock on a table that was there before. */
    longestLock: "LONGEST_LOCK_MILLISECONDS",
    /** What the rollback of the release came to on the copy. */
    rollback: "ROLLBACK_VERDICT",
} as const;

/** The pipeline's own variable: start an execution with it to roll back. */
export const rollbackVariable = "ROLLBACK_TO";
/** CodePipeline variables cannot be empty: this value means "no rollback asked for". */
export const noRollback = "none";

/**
 * The form of what CodePipeline splices as text into the JSON of an action's variables: a quote in it would end the value
 * and could begin another variable. The pipeline checks it before the first build, the delivery program again. Regular
 * expressions of the whole value that mean the same in Java, whose syntax CodePipeline has, and in JavaScript.
 */
export const splicedForms = {
    /** A tag in the database: a release id (`release-…`), one of your own, or {@link noRollback}. */
    rollbackTo: "^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$",
    /** A commit, or a version of S3: letters, digits and what both are written with. */
    sourceRevision: "^[A-Za-z0-9/+=._~-]{1,1024}$",
    /** What CodePipeline names an execution. */
    executionId: "^[A-Za-z0-9-]{1,64}$",
} as const;

/**
 * Artifacts and namespaces of the pipeline. CodeBuild unpacks artifact X to `$CODEBUILD_SRC_DIR_X`. The first 10
 * characters of an artifact's name are its own: CodePipeline shortens names to them in the keys of the artifact bucket.
 */
export const Artifacts = {
    source: "Source",
    toolchain: "Toolchain",
    /** Of the stage Plan: what the execution would do if nobody came before it. Nobody approves this one. */
    plan: "Plan",
    /** Of the stage Deploy: what is rehearsed and approved there, and nothing else is deployed. */
    deployPlan: "DeployPlan",
    /** Of the stage Rollback: what is approved there, and nothing else is undone. */
    rollbackPlan: "RollbackPlan",
    rehearsal: "Rehearsal",
    deployment: "Deployment",
    rollback: "Rollback",
} as const;
export const Namespaces = {
    source: "SourceVariables",
    plan: "PlanVariables",
    deployPlan: "DeployPlanVariables",
    rollbackPlan: "RollbackPlanVariables",
    rehearsal: "RehearsalVariables",
} as const;

/** Names of the stages, in order. A pipeline without a plan has the stage Bootstrap in place of Plan. */
export const Stages = {
    source: "Source",
    bootstrap: "Bootstrap",
    plan: "Plan",
    rollback: "Rollback",
    deploy: "Deploy",
} as const;

/** Names of the actions, each once in a stage. */
export const StageActions = {
    bootstrap: "Bootstrap",
    plan: "Plan",
    rehearse: "Rehearse",
    approve: "Approve",
    deploy: "Deploy",
    rollback: "Rollback",
} as const;

/** Files that a build leaves behind, relative to the root of its source (`CODEBUILD_SRC_DIR`). */
export const Outputs = {
    /** Everything below becomes the output artifact. */
    artifactsDirectory: ".delivery/artifacts",
    /** JUnit XML for CodeBuild's report tab. */
    reportsDirectory: ".delivery/reports",
    /** Lines `NAME=value`, which the build specification reads after the delivery program and never executes. */
    exportsFile: ".delivery/exports.env",
    /** In the plan's artifact. */
    planJson: "plan.json",
    planMarkdown: "plan.md",
    /** The same for an approver's browser; a rehearsal writes it again, with what it measured. */
    planHtml: "plan.html",
    /** The catalog that the plan starts from. */
    catalogJson: "catalog.json",
    /** In the rehearsal's artifact. */
    rehearsalJson: "rehearsal.json",
    rehearsalMarkdown: "rehearsal.md",
    /** Of a scheduled look for drift. */
    driftJson: "drift.json",
    /** In the deployment's and the rollback's artifact. */
    deploymentJson: "deployment.json",
} as const;

/** Characters of an exported value. Whatever else a line of the exports file has, the build specification refuses it. */
export const exportedCharacters = "A-Za-z0-9._-";

/** Layout of the toolchain archive. */
export const Toolchain = {
    /** The delivery program, bundled to one CommonJS file. */
    program: "delivery.cjs",
    /** Jars: Liquibase, its libraries, JDBC drivers. */
    libraries: "lib",
    /** Compiled classes of the Liquibase session. */
    classes: "classes",
    /** Certificate authorities of Amazon RDS. */
    certificates: "rds-global-bundle.pem",
    /** The SQL linter (squawk), for Linux on x86-64. */
    linter: "squawk",
    /** PostgreSQL's grammar, compiled to WebAssembly; the program looks for it beside itself, under this name. */
    grammar: "libpg-query.wasm",
} as const;

/**
 * Runtimes that a build chooses (CodeBuild `runtime-versions`); the delivery program needs no others. Both are
 * supported until 2028 at least, and the default image offers both:
 * https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html,
 * https://github.com/aws/aws-codebuild-docker-images/blob/master/al/x86_64/standard/5.0/runtimes.yml,
 * https://github.com/nodejs/Release.
 */
export const Runtimes = { java: "corretto17", nodejs: "24" } as const;

/** The versions of Node.js with long-term support that everything here runs on, builds of other images included. */
export const NodeVersions = [22, 24, 26];
