import { setTimeout as sleep } from "node:timers/promises";
import { keyOf, nameOf } from "../changesets";
import { Context } from "../context";
import type { EngineCapabilities, ErrorReader } from "../engines/engine";
import { isLockNotGiven, isTransientKind } from "../engines/errors";
import type { ChangesetEvent, CommandResult } from "../tools/events";
import { type ChangesetOutcome, lineOf, outcomeOf, type Retry } from "../tools/outcomes";
import { nextWait } from "./backoff";
import { BlockerWatch } from "./blockers";

/** How often a run continues after losing its connection. */
const greatestReconnections = 3;

export interface Attempt {
    /** Runs the tool; completed work is in its history, so it resumes where it failed. */
    run: (onEvent: (event: ChangesetEvent) => void) => Promise<CommandResult>;
    /** The outcomes of the changesets, without retried attempts. */
    outcomes: ChangesetOutcome[];
    /** Whether a failed changeset left nothing that would affect its next attempt. */
    repeatable: (failure: ChangesetEvent) => Promise<boolean>;
    /** The sessions that hold the locks which the run waits for at the moment. */
    blockers?: () => Promise<string[]>;
    /** Removes what a failed attempt left. */
    prepare?: (failure: ChangesetEvent) => Promise<void>;
    /** For lost connections; without it, such a failure is final. */
    reconnect?: Reconnect;
}

export interface Reconnect {
    /**
     * Waits for the server, and until nothing of the lost attempt runs there; fails if that does not happen in time.
     */
    settle: () => Promise<void>;
    /** Whether a changeset whose progress is unknown can be run again, after `clear`. */
    repeatable: (interrupted: ChangesetEvent) => Promise<boolean>;
    clear: (interrupted: ChangesetEvent) => Promise<void>;
    /** Corrects the outcomes from the history: what was committed when the connection was lost, and what was not. */
    reconcile: () => Promise<void>;
}

/**
 * Runs the work, and retries while a changeset does not get its locks and the budget lasts. Also retries after a lost
 * connection, as in a failover, if the interrupted changeset's state is known or it can be repeated.
 */
export async function withRetries(
    { settings, engine, log, signal }: Context,
    { retries }: { retries: Retry[] },
    { run, outcomes, repeatable, blockers, prepare, reconnect }: Attempt,
): Promise<CommandResult> {
    const budgetMillis = (settings.guards?.lockRetryBudgetSeconds ?? 0) * 1000;
    let current: { key: string; failed: number; since: number } | undefined;
    let reconnections = 0;
    for (;;) {
        const watch = new BlockerWatch(blockers);
        // Not a failure yet, if it is only waiting for its locks.
        let failed: ChangesetOutcome | undefined;
        const result = await run((event) => {
            const outcome = outcomeOf(event);
            if (outcome) {
                outcomes.push(outcome);
                if (isLockNotGiven(engine.errors.kindOf({ code: event.sqlState }))) failed = outcome;
                else log(lineOf(outcome));
            }
        }).finally(() => watch.stop());
        const holders = watch.stop();
        const failure = result.events.find(({ event }) => event === "runFailed" || event === "rollbackFailed");
        const { sqlState = "" } = failure ?? {};
        if (
            reconnect &&
            wasLost(result, failure, engine.errors) &&
            reconnections < greatestReconnections &&
            !signal.aborted
        ) {
            reconnections += 1;
            if (failed) log(lineOf(failed));
            if (await goOn(result, reconnect, engine.capabilities, log)) continue;
            return result;
        }
        if (
            result.exitCode === 0 ||
            !failure ||
            !isLockNotGiven(engine.errors.kindOf({ code: sqlState })) ||
            !(await repeatable(failure))
        ) {
            if (failed) log(lineOf(failed));
            return result;
        }
        current = current?.key === keyOf(failure) ? current : { key: keyOf(failure), failed: 0, since: Date.now() };
        current.failed += 1;
        const wait = nextWait({
            failed: current.failed,
            elapsedMillis: Date.now() - current.since,
            budgetMillis,
            random: Math.random(),
        });
        if (holders.length > 0) log(`  The locks that ${current.key} waits for are held by ${holders.join(", ")}.`);
        if (wait === undefined) {
            if (failed) log(lineOf(failed));
            log(`  ${current.key} did not get its locks in ${current.failed} attempts; giving up.`);
            return result;
        }
        outcomes.pop();
        retries.push({ ...nameOf(failure), sqlState, waitedSeconds: wait / 1000 });
        log(`  ${current.key} did not get its locks (${sqlState}); trying again in ${(wait / 1000).toFixed(1)} s.`);
        await sleep(wait, undefined, { signal });
        await prepare?.(failure);
    }
}

function wasLost(
    { exitCode, messages }: CommandResult,
    failure: ChangesetEvent | undefined,
    errors: ErrorReader,
): boolean {
    const code = failure?.sqlState;
    return exitCode !== 0 && (code ? isTransientKind(errors.kindOf({ code })) : errors.reportsLoss(messages));
}

/** Makes sure that the interrupted work can be repeated; false if its progress is unknown. */
async function goOn(
    result: CommandResult,
    reconnect: Reconnect,
    { transactionalDdl }: EngineCapabilities,
    log: Context["log"],
): Promise<boolean> {
    // The last changeset that was started: it, or its record, may or may not have been committed.
    const interrupted = result.events.filter(({ event }) => event === "willRun").at(-1);
    log(`  The connection was lost${interrupted ? ` in ${keyOf(interrupted)}` : ""}; looking for the writer.`);
    await reconnect.settle();
    if (interrupted !== undefined && !(interrupted.runInTransaction && transactionalDdl)) {
        if (!(await reconnect.repeatable(interrupted))) return false;
        await reconnect.clear(interrupted);
    }
    await reconnect.reconcile();
    log("  The writer is available again; continuing from the migration history in the database.");
    return true;
}
