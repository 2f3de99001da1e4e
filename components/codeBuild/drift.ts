import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "../shared/location";
import { readToolchain } from "./rehearsalStatements";
import { startOnSchedule } from "../shared/schedule";
import type { Statement } from "../shared/statements";
import { kmsKey, matching, type Rule } from "../shared/validation";

/**
 * When a build with action "Drift" runs, and where its program is. It runs outside the pipeline, with the pipeline's
 * toolchain.
 */
export interface DriftArgs {
    /** When it runs: `rate(1 day)`, or `cron(0 5 * * ? *)`, in UTC. Each run costs about a cent. */
    schedule: string;
    /** Name of the bucket that contains the toolchain: a `DbPipeline`'s `artifactBucketName`. */
    toolchainBucket: pulumi.Input<string>;
    /** Key of the toolchain in that bucket: a `DbPipeline`'s `toolchainKey`. */
    toolchainKey: pulumi.Input<string>;
    /** ARN of the key that encrypts it: a `DbPipeline`'s `kmsKeyArn`. */
    toolchainKmsKeyArn: pulumi.Input<string>;
}

/** The part of a build's args that drift detection depends on. */
interface DriftBuild {
    action: string;
    tool?: string;
    drift?: DriftArgs;
    tags?: Record<string, string>;
}

const schedules = /^(rate\([1-9]\d* (minutes?|hours?|days?)\)|cron\(\S+( \S+){5}\))$/;

export function driftRules({ action, tool, drift }: DriftBuild): Rule[] {
    const looks = action === "Drift";
    return [
        {
            arg: "drift",
            kind: looks ? "Missing" : "Conflict",
            given: drift,
            valid: looks === (drift !== undefined),
            allowed: looks ? "the schedule, and the location of the toolchain" : 'nothing without action "Drift"',
            fix: looks
                ? "Give the schedule, and the pipeline's artifactBucketName, toolchainKey and kmsKeyArn."
                : 'Leave it out, or set action to "Drift".',
        },
        {
            arg: "tool",
            kind: "Conflict",
            given: tool,
            valid: !looks || tool !== "Custom",
            allowed: '"Liquibase", with action "Drift"',
            fix: "Leave it out: deployments by custom commands are not recorded.",
        },
        matching(
            "drift.schedule",
            drift?.schedule,
            schedules,
            "a schedule of EventBridge: rate(1 day), cron(0 5 * * ? *)",
            "A rate is a number and minutes, hours or days; cron has six fields.",
        ),
        kmsKey("drift.toolchainKmsKeyArn", drift?.toolchainKmsKeyArn),
    ];
}

/** Source and artifacts of the project: the pipeline's, except for drift detection. */
export function inputOf(
    { drift }: DriftBuild,
    buildspec: pulumi.Input<string>,
): Pick<aws.codebuild.ProjectArgs, "source" | "artifacts"> {
    return drift === undefined
        ? { source: { type: "CODEPIPELINE", buildspec }, artifacts: { type: "CODEPIPELINE" } }
        : {
              source: {
                  type: "S3",
                  location: pulumi.interpolate`${drift.toolchainBucket}/${drift.toolchainKey}`,
                  buildspec,
              },
              artifacts: { type: "NO_ARTIFACTS" },
          };
}

/** The permissions that its role needs in addition to those of every build. */
export function driftStatements(at: Location, drift: pulumi.Unwrap<DriftArgs> | undefined): Statement[] {
    return drift === undefined
        ? []
        : readToolchain(
              at,
              `arn:${at.partition}:s3:::${drift.toolchainBucket}`,
              drift.toolchainKey,
              drift.toolchainKmsKeyArn,
          );
}

export function scheduleDrift(
    name: string,
    { drift, tags }: DriftBuild,
    at: pulumi.Output<Location>,
    project: aws.codebuild.Project,
    parent: pulumi.Resource,
): void {
    if (drift !== undefined) {
        startOnSchedule(name, project, { at, expression: drift.schedule, tags }, parent);
    }
}
