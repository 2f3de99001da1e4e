import { programErrors, startErrors } from "../errors";
import type { RecordedResource } from "../recorded";
import { type BuildSpec, parseBuildSpec } from "./buildSpec";

/** A recorded CodeBuild project, reduced to what a build needs. */
export interface Project {
    name: string;
    arn: string;
    /** ARN of its builds' role. */
    role: string;
    image: string;
    timeoutMinutes: number;
    /** The maximum number of concurrent builds. Default: no limit. */
    concurrentBuildLimit?: number;
    /** IDs of its builds' security groups; empty outside a VPC. */
    securityGroups: string[];
    variables: EnvironmentVariable[];
    buildSpec: BuildSpec;
}

export interface EnvironmentVariable {
    name: string;
    value: string;
    /** Default: `PLAINTEXT`. */
    type?: string;
}

/** CodeBuild's own default. */
const defaultTimeoutMinutes = 60;

// Where a build runs and who may see it: its commands do not notice.
const withoutEffect = [
    ...["name", "description", "encryptionKey", "tags", "tagsAll", "logsConfig", "region"],
    ...["queuedTimeout", "autoRetryLimit", "badgeEnabled", "projectVisibility"],
];
const environmentWithoutEffect = ["computeType", "imagePullCredentialsType", "privilegedMode"];

/** Finds the project that an action names, and refuses what the local run does not implement. */
export function readProject(resources: readonly RecordedResource[], name: string): Project {
    const resource = resources.find(
        ({ type, outputs }) => type === "aws:codebuild/project:Project" && outputs["name"] === name,
    );
    if (!resource) throw new programErrors.ProjectMissing({ project: name });
    const { environment, source, artifacts, cache, vpcConfig, ...rest } = resource.inputs as Record<
        string,
        Record<string, unknown>
    >;
    const { buildTimeout, serviceRole, concurrentBuildLimit, ...others } = rest as Record<string, unknown>;
    const { image, type, environmentVariables, ...environmentRest } = environment ?? {};
    const unsupported = [
        ...unknown("", others, withoutEffect),
        ...unknown("environment.", environmentRest, environmentWithoutEffect),
        ...unknown("vpcConfig.", vpcConfig ?? {}, ["vpcId", "subnets", "securityGroupIds"]),
        ...unknown("source.", source ?? {}, ["type", "buildspec"]),
        ...unlike("environment.type", type, ["LINUX_CONTAINER", "ARM_CONTAINER", "LINUX_LAMBDA_CONTAINER"]),
        ...unlike("source.type", source?.["type"], ["CODEPIPELINE"]),
        ...unlike("artifacts.type", artifacts?.["type"], ["CODEPIPELINE"]),
        ...unlike("cache.type", cache?.["type"] ?? "NO_CACHE", ["NO_CACHE"]),
    ];
    if (unsupported.length > 0) {
        throw new startErrors.FeaturesUnsupported({
            features: unsupported.map((feature) => `CodeBuild project ${name}: ${feature}`),
        });
    }
    return {
        name,
        arn: resource.outputs["arn"] as string,
        role: serviceRole as string,
        image: image as string,
        timeoutMinutes: Number(buildTimeout ?? defaultTimeoutMinutes),
        concurrentBuildLimit: concurrentBuildLimit as number | undefined,
        securityGroups: (vpcConfig?.["securityGroupIds"] ?? []) as string[],
        variables: (environmentVariables ?? []) as EnvironmentVariable[],
        buildSpec: parseBuildSpec(name, (source?.["buildspec"] as string | undefined) ?? ""),
    };
}

function unknown(path: string, fields: Record<string, unknown>, known: readonly string[]): string[] {
    return Object.entries(fields)
        .filter(([key, value]) => value !== undefined && !known.includes(key))
        .map(([key]) => `"${path}${key}"`);
}

function unlike(path: string, value: unknown, allowed: readonly string[]): string[] {
    return allowed.includes(value as string) ? [] : [`${path} ${JSON.stringify(value)}; it has ${allowed.join(", ")}`];
}
