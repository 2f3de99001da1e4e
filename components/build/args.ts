import type * as pulumi from "@pulumi/pulumi";
import { Auth } from "./authentication";
import type { BootstrapArgs } from "./bootstrap";
import type { DriftArgs } from "./drift";
import type { GuardArgs } from "./guards";
import { Egress } from "../network";
import type { DatabaseRef, NetworkRef, SecretRef } from "../references";
import type { RehearsalArgs } from "./rehearsal";

/** What a build does. */
export const Action = {
    /** Creates the database's users, as its administrator; the first thing that a pipeline does. */
    Bootstrap: "Bootstrap",
    /** Says which changesets would run, with their SQL, and changes nothing. */
    Plan: "Plan",
    /** Runs and undoes them on a copy of the data, and measures what they lock. */
    Rehearse: "Rehearse",
    /** Runs them, and checks the result. */
    Deploy: "Deploy",
    /** Undoes a release and everything after it. */
    Rollback: "Rollback",
    /** On a schedule of its own, without the pipeline: fails when somebody changed the catalog by hand. */
    Drift: "Drift",
} as const;
export type Action = (typeof Action)[keyof typeof Action];

/** What applies the migrations. */
export const Tool = {
    /** Liquibase, by the delivery program in the toolchain. */
    Liquibase: "Liquibase",
    /** Your own `customCommands`. */
    Custom: "Custom",
} as const;
export type Tool = (typeof Tool)[keyof typeof Tool];

/** Arguments of a `MigrationBuild`. Unless said otherwise, a change is made in place and costs nothing. */
export interface MigrationBuildArgs {
    /** What the build does: "Bootstrap", "Plan", "Rehearse", "Deploy", "Rollback" or "Drift". */
    action: Action;
    /** What applies the migrations: "Liquibase" or "Custom". Default: "Liquibase". */
    tool?: Tool;
    /** The VPC that builds run in. Another VPC replaces the security group. */
    network: NetworkRef;
    /** The database to change; the build adds the rule that admits it to the database's security group. */
    database: DatabaseRef;
    /**
     * How the build proves to the database who it is: "Secret", by a password, or "Iam", by tokens of IAM, on a cluster that
     * allows that and for a user who was granted `rds_iam`. Default: "Secret".
     */
    auth?: Auth;
    /**
     * With auth "Secret", which needs it (default: none): the credential that the build logs in with. It reads this secret
     * and, with action "Bootstrap", its users'; no other. Not for a rehearsal on a clone, which gets a password of its own.
     */
    credential?: SecretRef;
    /**
     * With auth "Iam", which needs it (default: none): the user whom the build logs in as, and no other. A rehearsal on a clone
     * needs it as well: the user whom the migrations run as, created by the cluster's master user, or that one itself.
     */
    username?: pulumi.Input<string>;
    /** The users that the build creates. Needed with action "Bootstrap", only there (default: none). */
    bootstrap?: BootstrapArgs;
    /** Name of the environment, for reports: `dev`, `prod`. */
    environmentName: string;
    /** Directory in the source that holds the migrations, relative to its root. Default: "migrations". */
    migrationsDirectory?: string;
    /**
     * Path of the toolchain archive (ZIP): absolute, or relative to the program's working directory. Default: the archive
     * that comes with the package. The pipeline uploads the deploy build's.
     */
    toolchain?: string;
    /** Minutes after which a build is stopped, 5 to 2160. Default: 60. A long index build may need more. */
    timeoutMinutes?: number;
    /**
     * Size of the build's machine: "BUILD_GENERAL1_SMALL", "…_MEDIUM", "…_LARGE", "…_XLARGE" or "…_2XLARGE". Default:
     * "BUILD_GENERAL1_SMALL", $0.005 a minute; the database does the work.
     */
    computeType?: string;
    /**
     * Build image, for Linux on x86. Default: "aws/codebuild/amazonlinux-x86_64-standard:5.0". An image of your own in
     * Amazon ECR needs Java 17 or newer and Node.js 22, 24 or 26, and a repository policy that lets `codebuild.amazonaws.com` pull it.
     */
    image?: string;
    /**
     * How builds reach AWS, as the network offers it: "NatPerAz" or "SingleNat" open port 443 to the internet, "Endpoints"
     * only to the network's interface endpoints and S3. Default: "SingleNat".
     */
    egress?: Egress;
    /** Days that the build's log is kept for, one of CloudWatch Logs' values. Default: 30. */
    logRetentionInDays?: number;
    /**
     * ARN of the KMS key for the log and the artifacts; its policy must admit CloudWatch Logs, and the pipeline must have
     * the same one, or it could not read what the build leaves. Default: the keys that AWS manages for both.
     */
    kmsKeyArn?: pulumi.Input<string>;
    /**
     * With tool "Custom" only (default: none): the shell commands of the build. They find the database in the variables
     * `DB_*`, and what they leave below `.delivery/artifacts` becomes the output. A plan must export `PLANNED_CHANGES`, or
     * write the line `PLANNED_CHANGES=<number>` into `.delivery/exports.env`, which is read and not executed.
     */
    customCommands?: string[];
    /**
     * Whether changelogs may run code of the repository in the build: classes of its jars (`customChange`, extensions) and
     * programs (`executeCommand`). They run with the build's rights, in a plan before anybody approves it; the plan shows
     * them first, and their SHA-256 is in what is approved. Without it they are refused. Set it alike on all builds of a
     * pipeline. Only with action "Plan", "Rehearse", "Deploy" or "Rollback" and tool "Liquibase". Default: false.
     */
    allowCode?: boolean;
    /** How the release is rehearsed. Only with action "Rehearse". Default: the defaults of each. */
    rehearsal?: RehearsalArgs;
    /** What keeps a deployment from hurting the database. Only with action "Deploy" or "Rollback". Default: the defaults of each. */
    guards?: GuardArgs;
    /**
     * Levels of the linter that the repository's `lint.yaml` and waivers cannot go below: a map of rules, groups or `drift`
     * to "off", "warning" or "error". Only with action "Plan" or "Deploy". Default: none.
     */
    lintFloor?: { [key: string]: string };
    /** When drift is looked for, and with what. Needed with action "Drift", only there (default: none). */
    drift?: DriftArgs;
    /** Tags of every resource that takes them. Default: none. */
    tags?: { [key: string]: string };
}

/** Written once; the documentation above is compared with it by a test. */
export const migrationBuildDefaults = {
    tool: Tool.Liquibase,
    auth: Auth.Secret,
    migrationsDirectory: "migrations",
    timeoutMinutes: 60,
    computeType: "BUILD_GENERAL1_SMALL",
    image: "aws/codebuild/amazonlinux-x86_64-standard:5.0",
    egress: Egress.SingleNat,
    logRetentionInDays: 30,
    allowCode: false,
} satisfies Partial<MigrationBuildArgs>;

/** The args with their defaults. */
export type Settings = MigrationBuildArgs & Required<Pick<MigrationBuildArgs, keyof typeof migrationBuildDefaults>>;
