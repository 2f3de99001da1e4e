import { setTimeout as sleep } from "node:timers/promises";
import { keyOf, nameOf } from "../changesets";
import { Context } from "../context";
import { isTransientState, reportsLoss } from "../database/lost";
import type { ChangesetEvent, CommandResult } from "../liquibase/session";
import { type ChangesetOutcome, type Deployment, lineOf, outcomeOf } from "../report/deployment";
import { nextWait } from "./backoff";

/** Codes of a server that did not give a lock: not in time, or only in a circle. */
const lockNotGiven = ["55P03", "40P01"];
/** How often a run goes on after it lost its connection. */
const greatestReconnections = 3;

export interface Attempt {
    /** Runs Liquibase; what was done before is in its history, so that it goes on where it failed. */
    run: (onEvent: (event: ChangesetEvent) => void) => Promise<CommandResult>;
    /** What became of the changesets, without the attempts that were made again. */
    outcomes: ChangesetOutcome[];
    /** Whether a failed changeset left nothing that its next attempt would meet. */
    repeatable: (failure: ChangesetEvent) => Promise<boolean>;
    /** Puts that right which a failed attempt left. */
    prepare?: (failure: ChangesetEvent) => Promise<void>;
    /** After a lost connection; without it such a failure is final. */
    reconnect?: Reconnect;
}

export interface Reconnect {
    /** Waits for the server, and until nothing of the lost attempt runs in it any more; fails if that does not come. */
    settle: () => Promise<void>;
    /** Whether a changeset of which nobody knows how far it came can be run again: once `clear` has been done. */
    repeatable: (interrupted: ChangesetEvent) => Promise<boolean>;
    clear: (interrupted: ChangesetEvent) => Promise<void>;
    /** Puts the outcomes right by the history: what was committed when the connection was lost, and what was not. */
    reconcile: () => Promise<void>;
}

/**
 * Runs it, and again for as long as a changeset does not get its locks and its budget lasts; and again when the connection
 * was lost, as in a failover, where what was under way can be told or repeated.
 */
export async function withRetries(
    { settings, log, signal }: Context,
    { retries }: Pick<Deployment, "retries">,
    { run, outcomes, repeatable, prepare, reconnect }: Attempt,
): Promise<CommandResult> {
    const budgetMillis = (settings.guards?.lockRetryBudgetSeconds ?? 0) * 1000;
    let current: { key: string; failed: number; since: number } | undefined;
    let reconnections = 0;
    for (;;) {
        const result = await run((event) => {
            const outcome = outcomeOf(event);
            if (outcome) {
                outcomes.push(outcome);
                log(lineOf(outcome));
            }
        });
        const failure = result.events.find(({ event }) => event === "runFailed" || event === "rollbackFailed");
        const { sqlState = "" } = failure ?? {};
        if (reconnect && wasLost(result, failure) && reconnections < greatestReconnections && !signal.aborted) {
            reconnections += 1;
            if (await goOn(result, reconnect, log)) continue;
            return result;
        }
        if (result.exitCode === 0 || !failure || !lockNotGiven.includes(sqlState) || !(await repeatable(failure))) {
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
        if (wait === undefined) {
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

function wasLost({ exitCode, messages }: CommandResult, failure: ChangesetEvent | undefined): boolean {
    return exitCode !== 0 && (failure?.sqlState ? isTransientState(failure.sqlState) : reportsLoss(messages));
}

/** Makes sure that what was lost can be repeated; false if nobody knows how far it came. */
async function goOn(result: CommandResult, reconnect: Reconnect, log: Context["log"]): Promise<boolean> {
    // The last changeset that was begun: it, or its record, may be there or not.
    const interrupted = result.events.filter(({ event }) => event === "willRun").at(-1);
    log(`  The connection was lost${interrupted ? ` in ${keyOf(interrupted)}` : ""}; looking for the writer.`);
    await reconnect.settle();
    if (interrupted !== undefined && !interrupted.runInTransaction) {
        if (!(await reconnect.repeatable(interrupted))) return false;
        await reconnect.clear(interrupted);
    }
    await reconnect.reconcile();
    log("  The writer answers again; going on by the history in the database.");
    return true;
}
