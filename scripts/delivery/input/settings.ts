import * as path from "node:path";
import {
    ActionName,
    Actions,
    Artifacts,
    bootstrapWaitVariable,
    caBundleVariable,
    codeVariable,
    EnvironmentVariables,
    noRollback,
    RecordVariables,
    serverSilenceDefault,
    serverSilenceVariable,
    snapshotVariable,
    Toolchain,
} from "../../../components/contract";
import type { LintFloor } from "../../../components/lintRules";
import type { Credential, Hide } from "../database/credentials/credential";
import { credentialProblems, credentialVariables, readCredential } from "../database/credentials/read";
import { InputError } from "../errors";
import { formProblems } from "./forms";
import { guardProblems, type GuardSettings, guardSettings } from "./guards";
import { lintFloorOf, lintProblems } from "./lint";
import { rehearsalProblems, type RehearsalSettings, rehearsalSettings } from "./rehearsal";

/** Everything a build knows from its environment. */
export interface Settings {
    action: ActionName;
    environmentName: string;
    /** Names this release: the tag that a later rollback goes to, and the sessions in the server. */
    releaseId: string;
    sourceRevision: string;
    executionId: string;
    /** Tag to roll back to, when this execution was started to roll back. */
    rollbackTo?: string;
    database: DatabaseSettings;
    /** Root of the source (`CODEBUILD_SRC_DIR`). */
    source: string;
    /** The migrations directory, absolute. */
    migrations: string;
    /** Directory with the plan that was approved or rehearsed: nothing else may run. */
    approvedPlan?: string;
    /** Directory with a plan that nobody approved: what has changed since is planned again. */
    forecast?: string;
    /** Of a plan beside the bootstrap of its execution: how long it waits for that to end. */
    bootstrapWaitSeconds?: number;
    /** Directory of the unpacked toolchain. */
    toolchain: string;
    /** Name of the pipeline, when one started the build. */
    pipeline?: string;
    /** CodeBuild's name for the build, when it runs there. */
    buildId?: string;
    /** Cluster to take a snapshot of before a deployment. */
    snapshotCluster?: string;
    /** Whether the changelog may run code of the repository: classes of its jars, programs. */
    allowCode: boolean;
    /** Of a deployment and a rollback. */
    guards?: GuardSettings;
    /** Of a deployment and a rollback: what becomes of their record. */
    record?: RecordSettings;
    /** Of the action `rehearse` only. */
    rehearsal?: RehearsalSettings;
    /** Levels of the linter that the repository cannot go below. */
    lintFloor?: LintFloor;
}

export interface RecordSettings {
    /** Bucket that keeps it. */
    bucket?: string;
    /** Pipeline in which somebody approved. */
    approvalPipeline?: string;
}

export interface DatabaseSettings {
    host: string;
    port: number;
    name: string;
    username: string;
    /** With what a connection proves that it is the user's. */
    credential: Credential;
    /** File with the certificate authorities to trust. */
    caBundle: string;
    /** How long the server may be silent on all connections before it counts as gone. */
    silenceSeconds: number;
}

/** What a look at the database needs to know; no pipeline starts it. */
export type LookSettings = Pick<Settings, "environmentName" | "releaseId" | "database" | "source">;

export type Environment = Record<string, string | undefined>;

const sourceVariable = "CODEBUILD_SRC_DIR";
const hideNothing: Hide = () => {};
const supportedEngine = "aurora-postgresql";
const { rollbackTo: rollbackToVariable, ...required } = EnvironmentVariables;

/** Reads the settings; throws one error that names everything that is wrong. */
export function readSettings(
    action: string | undefined,
    environment: Environment,
    toolchain: string,
    hide: Hide = hideNothing,
): Settings {
    const problems = [
        ...actionProblems(action),
        ...missingVariables(environment, Object.values(required)),
        ...wrongValues(environment),
        ...guardProblems(environment),
        ...lintProblems(environment),
    ];
    if (action === "rehearse") {
        problems.push(...rehearsalProblems(environment));
    }
    problems.push(...planProblems(environment));
    refuse(problems);
    const value = (name: string) => environment[name] ?? "";
    const source = path.resolve(value(sourceVariable));
    const plan = (artifact: string) => environment[`${sourceVariable}_${artifact}`] || undefined;
    const rollbackTo = value(rollbackToVariable) || noRollback;
    return {
        action: action as ActionName,
        environmentName: value(required.environmentName),
        releaseId: releaseId(value(required.sourceRevision), value(required.pipelineExecutionId)),
        sourceRevision: value(required.sourceRevision),
        executionId: value(required.pipelineExecutionId),
        rollbackTo: rollbackTo === noRollback ? undefined : rollbackTo,
        database: databaseSettings(environment, toolchain, hide),
        source,
        migrations: path.resolve(source, value(required.migrationsDirectory)),
        approvedPlan: plan(Artifacts.deployPlan) ?? plan(Artifacts.rollbackPlan),
        forecast: plan(Artifacts.plan),
        ...(action === "plan" && { bootstrapWaitSeconds: Number(value(bootstrapWaitVariable)) || undefined }),
        toolchain,
        allowCode: value(codeVariable) === "true",
        pipeline: /^codepipeline\/(.+)$/.exec(value("CODEBUILD_INITIATOR"))?.[1],
        buildId: value("CODEBUILD_BUILD_ID") || undefined,
        ...(action === "deploy" && { snapshotCluster: value(snapshotVariable) || undefined }),
        ...((action === "deploy" || action === "rollback") && {
            guards: guardSettings(environment),
            record: {
                bucket: value(RecordVariables.bucket) || undefined,
                approvalPipeline: value(RecordVariables.approvalPipeline) || undefined,
            },
        }),
        ...(action === "rehearse" && { rehearsal: rehearsalSettings(environment) }),
        lintFloor: lintFloorOf(environment),
    };
}

/** The settings of a look at the database, and of what else needs no more of a pipeline. */
export function readLookSettings(
    environment: Environment,
    toolchain: string,
    hide: Hide = hideNothing,
    alsoNeeded: string[] = [],
): LookSettings {
    const { sourceRevision: _, pipelineExecutionId: __, migrationsDirectory: ___, ...needed } = required;
    refuse([...missingVariables(environment, [...Object.values(needed), ...alsoNeeded]), ...wrongValues(environment)]);
    return {
        environmentName: environment[required.environmentName] ?? "",
        releaseId: "aurora-pipeline-look",
        database: databaseSettings(environment, toolchain, hide),
        source: path.resolve(environment[sourceVariable] ?? ""),
    };
}

function databaseSettings(environment: Environment, toolchain: string, hide: Hide): DatabaseSettings {
    const value = (name: string) => environment[name] ?? "";
    return {
        host: value(required.databaseHost),
        port: Number(value(required.databasePort)),
        name: value(required.databaseName),
        username: value(required.databaseUsername),
        credential: readCredential(environment, hide),
        caBundle: value(caBundleVariable) || path.join(toolchain, Toolchain.certificates),
        silenceSeconds: Number(value(serverSilenceVariable) || serverSilenceDefault),
    };
}

function refuse(problems: string[]): void {
    if (problems.length > 0) {
        throw new InputError(["The build cannot start:", ...problems.map((problem) => `  - ${problem}`)].join("\n"));
    }
}

/** The same in the plan and in the deployment of one execution; short enough for a PostgreSQL application name. */
export function releaseId(sourceRevision: string, executionId: string): string {
    const part = (text: string, length: number) => text.replace(/[^A-Za-z0-9._-]/g, "").slice(0, length) || "0";
    return `release-${part(sourceRevision, 7)}-${part(executionId, 8)}`;
}

function actionProblems(action: string | undefined): string[] {
    return (Actions as readonly (string | undefined)[]).includes(action)
        ? []
        : [`the action is ${action ? `"${action}"` : "missing"}; allowed: ${Actions.join(", ")} (delivery.cjs ACTION)`];
}

/** A person approves what was planned in the stage of the approval, and a plan of another stage is not that. */
function planProblems(environment: Environment): string[] {
    const { [bootstrapWaitVariable]: wait } = environment;
    const given = (artifact: string) => Boolean(environment[`${sourceVariable}_${artifact}`]);
    const [binding, forecast] = [given(Artifacts.deployPlan) || given(Artifacts.rollbackPlan), given(Artifacts.plan)];
    return [
        ...(environment[RecordVariables.approvalPipeline] && forecast && !binding
            ? [
                  `the input artifact ${Artifacts.plan} is a plan that nobody approved; where somebody approves, allowed: ${Artifacts.deployPlan} or ${Artifacts.rollbackPlan}, made in the same stage`,
              ]
            : []),
        ...(wait && !(/^\d{1,5}$/.test(wait) && Number(wait) >= 1)
            ? [`${bootstrapWaitVariable} is "${wait}"; allowed: whole seconds, 1 to 99999`]
            : []),
    ];
}

function missingVariables(environment: Environment, names: string[]): string[] {
    const needed = [...names, ...credentialVariables(environment), sourceVariable];
    const missing = needed.filter((name) => !environment[name]);
    return missing.length > 0
        ? [`environment variables missing: ${missing.join(", ")}; the pipeline and its CodeBuild project set them`]
        : [];
}

function wrongValues(environment: Environment): string[] {
    const { [required.databasePort]: port, [required.databaseEngine]: engine } = environment;
    const { [serverSilenceVariable]: silence } = environment;
    const problems = [...credentialProblems(environment), ...formProblems(environment)];
    if (port && !(/^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65535)) {
        problems.push(`${required.databasePort} is "${port}"; allowed: a port number, 1 to 65535`);
    }
    if (silence && !(/^\d{1,2}$/.test(silence) && Number(silence) >= 10 && Number(silence) <= 45)) {
        // Beyond 45 s a build could no longer end within a minute of silence, before the server ends its sessions.
        problems.push(`${serverSilenceVariable} is "${silence}"; allowed: whole seconds, 10 to 45`);
    }
    if (engine && engine !== supportedEngine) {
        problems.push(`${required.databaseEngine} is "${engine}"; allowed: ${supportedEngine}`);
    }
    const { [codeVariable]: code = "" } = environment;
    if (!["", "true", "false"].includes(code)) {
        problems.push(`${codeVariable} is "${code}"; allowed: true, false`);
    }
    return problems;
}
