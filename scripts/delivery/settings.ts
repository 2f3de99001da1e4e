import type { ReleaseCommand } from "../../components/contract";
import type { Grant } from "../../components/databaseRoles";
import type { OptionsOf } from "../../components/options";
import type { Credential } from "./credential";

/** The environment variables of a build. */
export type Environment = Record<string, string | undefined>;

/** A build's settings from its environment; its options are in the table. */
export interface Settings extends OptionsOf<"build"> {
    action: ReleaseCommand;
    environmentName: string;
    /** Identifies this release: the tag for a later rollback, and the name of its server sessions. */
    releaseId: string;
    sourceRevision: string;
    executionId: string;
    /** Tag to roll back to, if this execution was started for a rollback. */
    rollbackTo?: string;
    /** The database engine, by its name in the contract. */
    engine: string;
    /** The migration tool, by its name in the contract. */
    tool: string;
    database: DatabaseSettings;
    /** Root of the source (`CODEBUILD_SRC_DIR`). */
    source: string;
    /** The migrations directory, absolute. */
    migrations: string;
    /** Directory with the plan that was approved or rehearsed: nothing else may run. */
    approvedPlan?: string;
    /** Directory with an unapproved plan: if the database has changed since, it is made again. */
    forecast?: string;
    /** Directory of the unpacked toolchain. */
    toolchain: string;
    /** Name of the pipeline, if one started the build. */
    pipeline?: string;
    /** CodeBuild's ID of the build, if it runs there. */
    buildId?: string;
    /** For plans: how long one that is refused waits for a running deployment. */
    overlap?: Partial<GuardSettings>;
    /** For deployments and rollbacks. */
    guards?: GuardSettings;
    /** For deployments and rollbacks: where their record is stored. */
    record?: RecordSettings;
    /** Only for the action `rehearse`. */
    rehearsal?: RehearsalSettings;
}

export interface RecordSettings {
    /** The bucket for records. */
    bucket?: string;
    /** The pipeline in which the release was approved. */
    approvalPipeline?: string;
}

export interface DatabaseSettings extends OptionsOf<"database"> {
    host: string;
    port: number;
    name: string;
    username: string;
    /** How connections authenticate as the user. */
    credential: Credential;
    /** File with the trusted certificate authorities. */
    caBundle: string;
}

/** The settings of actions that only connect to the database; no pipeline starts them. */
export type LookSettings = Pick<Settings, "environmentName" | "releaseId" | "engine" | "tool" | "database" | "source">;

/** What protects the database during a deployment. */
export type GuardSettings = OptionsOf<"guards">;

/** A rehearsal's settings, beside those of every build. */
export type RehearsalSettings = Required<OptionsOf<"rehearsal">>;

/** The bootstrap's settings: how the administrator connects, and the users to create. */
export interface BootstrapSettings extends LookSettings {
    /** Role that owns what migrations create. */
    owner: string;
    migrator: BootstrapUser;
    planner: BootstrapUser;
    /** What else only the administrator creates. */
    extensions: string[];
    groups: DeclaredRole[];
    /** Existing roles whose objects become the owner's. */
    takeOverFrom: string[];
    applications: (BootstrapUser & DeclaredRole & { memberOf: string[] })[];
    /** Execution whose plan waits for this bootstrap; absent if none started it. */
    executionId?: string;
}

export interface BootstrapUser {
    name: string;
    /** Whether it authenticates with IAM; otherwise it has a password. */
    iam: boolean;
    /** The credential with which the bootstrap logs in as it. */
    credential: Credential;
}

/** A role of the stack's config, with its privileges. */
export interface DeclaredRole {
    name: string;
    grants: Grant[];
}

/** One verification check: a query that must return exactly one row with one boolean that is true. */
export interface VerificationCheck {
    name: string;
    /** File of the check, relative to the migrations directory. */
    file: string;
    sql: string;
}
