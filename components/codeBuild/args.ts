import type * as pulumi from "@pulumi/pulumi";
import type { BootstrapArgs } from "./bootstrap";
import { type Action, Auth } from "../contract";
import type { DriftArgs } from "./drift";
import type { GuardArgs } from "./guards";
import { Egress } from "../network";
import type { DatabaseRef, NetworkRef, SecretRef } from "../references";
import type { RehearsalArgs } from "./rehearsal";

/** The tool that applies the migrations. */
export const Tool = {
    /** Liquibase, run by the delivery program in the toolchain. */
    Liquibase: "Liquibase",
    /** Flyway Community, run by the delivery program in the toolchain. On Aurora PostgreSQL. */
    Flyway: "Flyway",
    /**
     * A folder of SQL of golang-migrate, dbmate, Prisma or Drizzle, run by the delivery program; the history stays in that
     * tool's own table.
     */
    Sql: "Sql",
    /** Any other tool, by the commands in the `commands.yaml` of the migrations directory, run by the delivery program. */
    Command: "Command",
    /** Your own `customCommands`. */
    Custom: "Custom",
} as const;
export type Tool = (typeof Tool)[keyof typeof Tool];

/** Arguments of a `MigrationBuild`. Unless said otherwise, a change is made in place and costs nothing. */
export interface MigrationBuildArgs {
    /** What the build does: "Bootstrap", "Plan", "Rehearse", "Deploy", "Rollback" or "Drift". */
    action: Action;
    /** The tool that applies the migrations: "Liquibase", "Flyway", "Sql", "Command" or "Custom". Default: "Liquibase". */
    tool?: Tool;
    /** The VPC that builds run in. Changing the VPC replaces the security group. */
    network: NetworkRef;
    /** The database to change; the build adds a rule for itself to the database's security group. */
    database: DatabaseRef;
    /**
     * How the build authenticates to the database: "Secret", with a password, or "Iam", with IAM tokens, on a cluster
     * that allows it and as a user with the role `rds_iam`. Default: "Secret".
     */
    auth?: Auth;
    /**
     * Required with auth "Secret" (default: none): the credential that the build logs in with. The build reads this
     * secret and, with action "Bootstrap", those of the users that it creates; no others. Not for a rehearsal on a
     * clone, which sets its own password.
     */
    credential?: SecretRef;
    /**
     * Required with auth "Iam" (default: none): the only user that the build can log in as. A rehearsal on a clone
     * needs it too: the user that the migrations run as, created by the cluster's master user, or the master user
     * itself.
     */
    username?: pulumi.Input<string>;
    /** The users that the build creates. Required with action "Bootstrap", and only allowed there (default: none). */
    bootstrap?: BootstrapArgs;
    /** Name of the environment, for reports, such as `dev` or `prod`. */
    environmentName: string;
    /** Directory of the migrations within the source, relative to its root. Default: "migrations". */
    migrationsDirectory?: string;
    /**
     * Path of the toolchain archive (ZIP), absolute or relative to the program's working directory. The pipeline
     * uploads that of the deploy build. Default: the archive that is part of the package.
     */
    toolchain?: string;
    /**
     * Minutes after which a build is stopped, 5 to 2160. A long index build may need more than the default. Default:
     * 60.
     */
    timeoutMinutes?: number;
    /**
     * Size of the build's machine: "BUILD_GENERAL1_SMALL", "…_MEDIUM", "…_LARGE", "…_XLARGE" or "…_2XLARGE". The
     * database does the work, so the smallest is enough. Default: "BUILD_GENERAL1_SMALL", $0.005 a minute.
     */
    computeType?: string;
    /**
     * Build image, for Linux on x86. An image of your own in Amazon ECR (`imageUri` of a `BuildImage`) needs Java 17 or
     * newer and Node.js 22, 24 or 26. The build's role may pull it; if it is in another account, its repository's policy
     * must allow that too. In a network without internet access, it needs the network's `ecrEndpoints`. Default:
     * "aws/codebuild/amazonlinux-x86_64-standard:5.0".
     */
    image?: pulumi.Input<string>;
    /**
     * How builds reach AWS, as the network provides it: "NatPerAz" or "SingleNat" allow port 443 to the internet,
     * "Endpoints" only to the network's interface endpoints and S3. Default: "SingleNat".
     */
    egress?: Egress;
    /** Days that the build's log is kept, one of CloudWatch Logs' values. Default: 30. */
    logRetentionInDays?: number;
    /**
     * ARN of the KMS key for the log and the artifacts. Its policy must allow CloudWatch Logs to use it, and the
     * pipeline must use the same key, or it cannot read the build's artifacts. Default: AWS managed keys for both.
     */
    kmsKeyArn?: pulumi.Input<string>;
    /**
     * With tool "Custom" only (default: none): the shell commands of the build. They get the database in the variables
     * `DB_*`, and the files that they write below `.delivery/artifacts` become the output artifact. A plan must export
     * `PLANNED_CHANGES`, or write the line `PLANNED_CHANGES=<number>` to `.delivery/exports.env`, which is read and not
     * executed.
     */
    customCommands?: string[];
    // Generated from components/options.ts by `npm run docs`.
    /**
     * Whether changelogs may run code from the repository in the build: classes in its jars (`customChange`,
     * extensions) and programs (`executeCommand`). The code runs with the privileges of the build, and in a plan it
     * runs before anyone has approved it. The plan lists it first, and its SHA-256 is part of the approved digest. If
     * false, such changelogs are rejected. Use the same value for all builds of a pipeline. Only with action "Plan",
     * "Rehearse", "Deploy" or "Rollback", and not with tool "Custom". Default: false.
     */
    allowCode?: boolean;
    /**
     * Minimum lint levels, which the repository's `lint.yaml` and waivers cannot lower: a map of rules, groups or
     * `drift` to "off", "warning" or "error". Only with action "Plan" or "Deploy". Default: none.
     */
    lintFloor?: { [key: string]: string };
    /**
     * The risks for which a plan needs a person's approval, in a pipeline that requires one: groups of lint rules,
     * `code` and `drift`. What the repository lowers or waives always needs it. The deployment refuses a plan that
     * needs approval and has none. Only with action "Plan" or "Deploy". Default: none.
     */
    approvalFor?: string[];
    // End of the generated args.
    /** How the release is rehearsed. Only with action "Rehearse". Default: the default of each field. */
    rehearsal?: RehearsalArgs;
    /**
     * Limits that protect a database in use during a deployment. Only with action "Deploy" or "Rollback". Default: the
     * default of each field.
     */
    guards?: GuardArgs;
    /**
     * The schedule and the toolchain of drift detection. Required with action "Drift", and only allowed there (default:
     * none).
     */
    drift?: DriftArgs;
    /** Tags for every resource that supports them. Default: none. */
    tags?: { [key: string]: string };
}

/** The defaults; a test compares the docstrings above with them. */
export const migrationBuildDefaults = {
    tool: Tool.Liquibase,
    auth: Auth.Secret,
    migrationsDirectory: "migrations",
    timeoutMinutes: 60,
    computeType: "BUILD_GENERAL1_SMALL",
    image: "aws/codebuild/amazonlinux-x86_64-standard:5.0",
    egress: Egress.SingleNat,
    logRetentionInDays: 30,
} satisfies Partial<MigrationBuildArgs>;

/** The args with their defaults. */
export type Settings = MigrationBuildArgs & Required<Pick<MigrationBuildArgs, keyof typeof migrationBuildDefaults>>;
