import type * as pulumi from "@pulumi/pulumi";
import { defaultTimeZone } from "../cronWindow";
import type { SourceArgs } from "./source";
import type { PipelineBuildsArgs } from "../references";

/** The approval that is required before anything changes the database. */
export interface ApprovalArgs {
    /**
     * E-mail addresses that receive the request; each must confirm its subscription once. Default: none (approve in the
     * console).
     */
    emails?: string[];
    /**
     * Whether only a plan that needs it is approved, as the builds decide that plan and deploy (`approvalFor`; give both
     * the same). The others are deployed in a stage Unattended. Needs `builds.plan`, and no `builds.rehearse`. Rollbacks
     * are always approved. Default: false.
     */
    byRisk?: boolean;
    /** Minutes after which an unanswered request counts as rejected, 5 to 86400. Default: 10080 (a week). */
    timeoutMinutes?: number;
}

/** When deployments may begin. */
export interface DeploymentWindowArgs {
    /**
     * A cron expression: `* * 9-16 ? * MON-THU` are the hours from 9:00 to 16:59 on four days. The first field, the
     * seconds, is `*`, and one of the two days is `?`.
     */
    cron: string;
    /** Its time zone, as in the IANA database. Default: "UTC". */
    timeZone?: string;
}

/**
 * A time after each deployment in which alarms are watched, while the stage is locked for the next release. An alarm in
 * that time fails the execution, and thereby notifies.
 */
export interface BakeArgs {
    /** Minutes that the alarms must stay quiet, 1 to 1440. */
    minutes: number;
    /** Names of 1 to 5 metric alarms in the account and region. */
    alarmNames: pulumi.Input<string>[];
}

/** Arguments of a `DbPipeline`. Unless said otherwise, a change is made in place and costs nothing. */
export interface DbPipelineArgs {
    /** Where the changes come from. */
    source: SourceArgs;
    /** The builds; all of them must be for the same database. */
    builds: PipelineBuildsArgs;
    /** Requires a person's approval before a deployment and a rollback, in the same stage. Default: no approval. */
    approval?: ApprovalArgs;
    /**
     * When deployments may begin: the execution waits for it before the stage Deploy, and so before its approval is
     * requested. Give the build that deploys the same window (`guards`): it refuses an approval that comes too late. A
     * rollback does not wait. Default: always.
     */
    deploymentWindow?: DeploymentWindowArgs;
    /** Alarms that are watched after each deployment. Default: none. */
    bake?: BakeArgs;
    /**
     * ARN of the KMS key for artifacts and approval requests; builds with a key of their own must use the same one. Its
     * policy must let the account's IAM policies decide and, with `builds.rehearse`, allow CloudWatch Logs to use it.
     * Default: a key of the pipeline's own ($1 a month), which `Operations` can use too.
     */
    kmsKeyArn?: pulumi.Input<string>;
    /**
     * Days that artifacts, including the approved plan, are kept, 1 to 3650. The records of releases (`deployments/` in
     * the bucket) are kept permanently. Default: 90.
     */
    artifactRetentionDays?: number;
    /**
     * Days that the log of the build that deletes leftover clones is kept; only with `builds.rehearse`. Default: 30.
     */
    logRetentionInDays?: number;
    /**
     * Whether access to the artifact bucket is logged; the log costs its storage, a few cents a month. Default: true.
     */
    accessLog?: boolean;
    /**
     * Name of the bucket that receives that log; its policy must allow `logging.s3.amazonaws.com`, and it must be
     * encrypted with SSE-S3: S3 delivers no log to a bucket that is encrypted with KMS. Default: a bucket of the
     * pipeline's own.
     */
    accessLogBucket?: pulumi.Input<string>;
    /** Days that the log is kept in the pipeline's own bucket, 1 to 3650. Default: 365. */
    accessLogRetentionDays?: number;
    /**
     * Whether destroying the pipeline also deletes the artifacts and their access log, and its key after 7 days instead
     * of 30. Default: false; destroying the pipeline then fails until the buckets are empty.
     */
    forceDestroy?: boolean;
    /** Tags for every resource. Default: none. */
    tags?: { [key: string]: string };
}

/** The defaults; a test compares the docstrings above with them. */
export const dbPipelineDefaults = {
    artifactRetentionDays: 90,
    logRetentionInDays: 30,
    accessLog: true,
    accessLogRetentionDays: 365,
    forceDestroy: false,
} satisfies Partial<DbPipelineArgs>;
export const deploymentWindowDefaults = { timeZone: defaultTimeZone } satisfies Partial<DeploymentWindowArgs>;
export const approvalDefaults = { byRisk: false, timeoutMinutes: 7 * 24 * 60 } satisfies ApprovalArgs;
