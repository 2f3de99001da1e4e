import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import {
    caBundleVariable,
    linterVariable,
    noRollback,
    rollbackVariable,
    keptToolchainVariable,
    spareJavaVariable,
} from "../../components/contract";
import { options as buildOptions } from "../../components/options";
import { RunningBuilds } from "./codeBuild/running";
import { localRuntimes } from "./codeBuild/runtimes";
import type { Cloud } from "./cloud/cloud";
import type { Server } from "./database/server";
import type { Definition } from "./definition";
import { startErrors } from "./errors";
import { installedLinter } from "./linter";
import { createRunner } from "./pipeline/actions";
import { ArtifactStore } from "./pipeline/artifacts";
import { type ActionResult, type ActionRunner, execute } from "./pipeline/execution";
import type { ExecutionRecord } from "./pipeline/model";
import { StageLocks } from "./pipeline/stageLocks";
import { Variables } from "./pipeline/variables";
import type { RunOptions } from "./options";
import type { Source } from "./source/source";
import {
    forgetWaiting,
    type Identity,
    mismatch,
    pruneExecutions,
    rollbackOf,
    type WaitingExecution,
    waitingOn,
    writeWaiting,
} from "./waiting";

/** One execution of the pipeline, as far as it came. */
export interface Execution {
    id: string;
    directory: string;
    artifacts: ArtifactStore;
    record: ExecutionRecord;
    /** It waits although an approval was given: why that was not for its plan. */
    unread?: string;
}

/** What an execution works on. */
export interface Parts {
    source: Source;
    definition: Definition;
    server: Server;
    serverName: string;
    cloud: Cloud;
    /** Jars that the changelog needs. */
    jars?: string[];
    /** Socket of the keeper of spare Java processes for the builds. */
    spareJava?: string;
    /** A directory with the toolchain's classes in a form that Java loads faster. */
    keptToolchain?: string;
}

/** What executions of one pipeline share that run at the same time. */
export class Shared {
    readonly locks = new StageLocks();
    readonly builds = new RunningBuilds();
    /** Executions that have not ended. */
    readonly running = new Set<string>();
}

type Options = Pick<RunOptions, "approve" | "rollbackTo" | "alarm" | "local" | "progress" | "signal"> & {
    /** Of a new execution. Default: a random one. */
    executionId?: string;
    /** Answers manual approvals. Default: `approve` does, and without it the execution stays where it waits. */
    approver?: ActionRunner;
};

/**
 * Starts an execution of the recorded pipeline, or goes on with one that waits for the approval that is given now. Where
 * another plan waits, nobody has read the one that this execution makes: the approval is not for it.
 */
export async function executePipeline(options: Options, parts: Parts, shared = new Shared()): Promise<Execution> {
    const { local, progress, signal } = options;
    const { source, definition, server, serverName, cloud } = parts;
    const identity: Identity = { server: serverName, revision: source.revision, definition: definition.hash };
    const { waiting, unread, others, rollbackTo } = whatWaits(options, identity);
    const takePlaces = () => {
        for (const { executionId } of others) {
            progress.say(`Execution ${executionId}, which waited for approval, is stopped and replaced by this one.`);
        }
        forgetWaiting(local.runs, others);
    };
    // What waits is the reason why a new plan is not approved. It stays until that plan is there: without either, the next
    // --approve would be for an unread plan.
    if (unread === undefined) takePlaces();
    if (waiting) {
        progress.say(`Execution ${waiting.executionId} is approved and continues.`);
        forgetWaiting(local.runs, [waiting]);
    }

    const id = waiting?.executionId ?? options.executionId ?? randomUUID();
    const directory = join(local.runs, id);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const artifacts = new ArtifactStore(join(directory, "artifacts"), local.unpacked);
    const variables = waiting ? Variables.of(waiting.variables) : startVariables(definition, id, rollbackTo);
    const isApproved = options.approve && unread === undefined;
    const runAction = createRunner({
        executionId: id,
        definition: { ...definition, projects: cloud.projects },
        artifacts,
        runtimes: localRuntimes(),
        image: {
            ...cloud.environment,
            ...ownLinter(),
            ...(parts.spareJava && { [spareJavaVariable]: parts.spareJava }),
            ...(parts.keptToolchain && { [keptToolchainVariable]: parts.keptToolchain }),
            [caBundleVariable]: server.authority,
            // No server fails over here: a holder of the lock without a session is a build that was interrupted.
            [buildOptions.takeoverGraceSeconds.variable]: "2",
        },
        keys: cloud.keys,
        source,
        jars: parts.jars,
        builds: shared.builds,
        buckets: local.buckets,
        approver: options.approver ?? (() => Promise.resolve(isApproved ? approved : undecided)),
        directory,
    });
    shared.running.add(id);
    const record = await execute(definition.pipeline, {
        ...{
            id,
            variables,
            progress,
            signal,
            done: waiting?.done,
            locks: shared.locks,
            alarms: new Set(options.alarm),
        },
        runAction: cloud.executions.watch(id, runAction),
    }).finally(() => shared.running.delete(id));
    if (unread !== undefined && ["InProgress", "Succeeded"].includes(record.status)) takePlaces();
    if (record.status === "InProgress") writeWaiting(directory, waitingExecution(id, identity, variables, record));
    pruneExecutions(local.runs, shared.running);
    return { id, directory, artifacts, record, ...(record.status === "InProgress" && { unread }) };
}

/** What an execution finds that waits for an approval. */
interface Waits {
    /** The work that continues after the approval. */
    waiting?: WaitingExecution;
    /** Why an approval is not for the plan that this execution makes. */
    unread?: string;
    /** Their place is taken: a local run is one execution at a time, so it stops what keeps a stage locked. */
    others: WaitingExecution[];
    /** What a new execution rolls back to. */
    rollbackTo?: string;
}

function whatWaits({ local, approve, rollbackTo }: Options, identity: Identity): Waits {
    const all = waitingOn(local.runs, identity.server);
    const [newest] = all;
    if (!approve || newest === undefined) return { others: all, rollbackTo };
    const waiting = all.find((execution) => mismatch(execution, identity, rollbackTo) === undefined);
    if (waiting) return { waiting, others: all.filter((execution) => execution !== waiting) };
    // A rollback that waited is planned again as one: the approval was not for a deployment.
    return {
        unread: mismatch(newest, identity, rollbackTo),
        others: all,
        rollbackTo: rollbackTo ?? rollbackOf(newest),
    };
}

const approved: ActionResult = { status: "Succeeded", message: "approved by --approve" };
const undecided: ActionResult = { status: "InProgress", message: "waiting for approval" };

/** The toolchain's linter runs where builds run; elsewhere npm has installed the machine's own. */
function ownLinter(): Record<string, string> {
    if (process.platform === "linux" && process.arch === "x64") return {};
    const binary = installedLinter();
    return existsSync(binary) ? { [linterVariable]: binary } : {};
}

/** The pipeline's variables as the execution was started with them. */
function startVariables({ pipeline }: Definition, executionId: string, rollbackTo = noRollback): Variables {
    const values: Record<string, string> = {};
    for (const { name, defaultValue } of pipeline.variables) {
        if (defaultValue !== undefined) values[name] = defaultValue;
    }
    if (rollbackTo !== noRollback) {
        if (!pipeline.variables.some(({ name }) => name === rollbackVariable)) {
            throw new startErrors.RollbackUnsupported({ pipeline: pipeline.name, variable: rollbackVariable });
        }
        values[rollbackVariable] = rollbackTo;
    }
    return Variables.of({ variables: values, codepipeline: { PipelineExecutionId: executionId } });
}

function waitingExecution(
    executionId: string,
    identity: Identity,
    variables: Variables,
    { stages }: ExecutionRecord,
): WaitingExecution {
    return { executionId, identity, variables: variables.toJSON(), done: stages };
}
