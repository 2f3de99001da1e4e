import { Outputs } from "../../../components/contract";
import { keyOf, nameOf } from "../changesets";
import { Context } from "../context";
import type { EngineCapabilities, ErrorReader } from "../engines/engine";
import { isLockNotGiven, isTransientKind } from "../engines/errors";
import { InternalError } from "../errors";
import { retrying } from "../retrying";
import type { ChangesetEvent, CommandResult } from "../tools/events";
import { type ChangesetOutcome, outcomeOf, type Retry } from "../tools/outcomes";
import { BlockerWatch } from "./blockers";
import { OutcomeLog } from "./outcomeLog";

/** How often a run continues after losing its connection. */
const greatestReconnections = 3;
/**
 * Between two attempts to get locks: half a second at first and half a minute at most, of which half is random, so that two
 * competing sessions do not collide repeatedly.
 */
const lockPauses = { pauseMillis: 250, longestPauseMillis: 15_000, random: true };

export interface Attempt {
    /** Runs the tool; completed work is in its history, so it resumes where it failed. */
    run: (onEvent: (event: ChangesetEvent) => void) => Promise<CommandResult>;
    /** How many changesets there are. */
    total: number;
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

/** What one run of the tool came to. */
interface Tried {
    result: CommandResult;
    /** The changeset that did not get its locks, if another run may get them. */
    waiting?: { failure: ChangesetEvent; outcome?: ChangesetOutcome; holders: string[] };
}

/** A run in which the changeset that is waited for did not get its locks again. */
class LocksNotGiven extends InternalError {
    constructor(
        readonly result: CommandResult,
        readonly waiting: NonNullable<Tried["waiting"]>,
    ) {
        super("The locks were not given");
    }
}

/**
 * Runs the work, and retries while a changeset does not get its locks and the budget lasts. Also retries after a lost
 * connection, as in a failover, if the interrupted changeset's state is known or it can be repeated.
 */
export async function withRetries(
    { settings, engine, log, signal }: Context,
    { retries }: { retries: Retry[] },
    { run, total, outcomes, repeatable, blockers, prepare, reconnect }: Attempt,
): Promise<CommandResult> {
    const budgetMillis = (settings.guards?.lockRetryBudgetSeconds ?? 0) * 1000;
    const outcomeLog = new OutcomeLog(total, log, Outputs.deploymentJson);
    let reconnections = 0;
    try {
        let tried = await runOnce();
        // Each changeset has the whole budget.
        while (tried.waiting !== undefined) tried = await waitForLocks(tried.result, tried.waiting);
        return tried.result;
    } finally {
        outcomeLog.end();
    }

    /** Runs the tool, and again after a lost connection. */
    async function runOnce(): Promise<Tried> {
        const watch = new BlockerWatch(blockers);
        // Not a failure yet, if it is only waiting for its locks.
        let outcome: ChangesetOutcome | undefined;
        const result = await run((event) => {
            const found = outcomeOf(event);
            if (found) {
                outcomes.push(found);
                if (isLockNotGiven(engine.errors.kindOf({ code: event.sqlState }))) outcome = found;
                else outcomeLog.say(found);
            }
        }).finally(() => watch.stop());
        const holders = watch.stop();
        const failure = result.events.find(({ event }) => event === "runFailed" || event === "rollbackFailed");
        if (
            reconnect &&
            wasLost(result, failure, engine.errors) &&
            reconnections < greatestReconnections &&
            !signal.aborted
        ) {
            reconnections += 1;
            if (outcome) outcomeLog.say(outcome);
            return (await goOn(result, reconnect, engine.capabilities, log)) ? runOnce() : { result };
        }
        if (
            result.exitCode !== 0 &&
            failure &&
            isLockNotGiven(engine.errors.kindOf({ code: failure.sqlState })) &&
            (await repeatable(failure))
        ) {
            return { result, waiting: { failure, outcome, holders } };
        }
        if (outcome) outcomeLog.say(outcome);
        return { result };
    }

    /** Runs the tool again until a changeset gets its locks, another one does not, or the budget is used up. */
    async function waitForLocks(firstResult: CommandResult, first: NonNullable<Tried["waiting"]>): Promise<Tried> {
        const key = keyOf(first.failure);
        let failed = 0;
        const sayHolders = ({ holders }: LocksNotGiven["waiting"]) => {
            if (holders.length > 0) log(`  The locks that ${key} waits for are held by ${holders.join(", ")}.`);
        };
        const again = (error: Error, _: number, pauseMillis: number) => {
            if (!(error instanceof LocksNotGiven)) return false;
            const { failure } = error.waiting;
            const { sqlState = "" } = failure;
            sayHolders(error.waiting);
            outcomes.pop();
            retries.push({ ...nameOf(failure), sqlState, waitedSeconds: pauseMillis / 1000 });
            log(`  ${key} did not get its locks (${sqlState}); trying again in ${(pauseMillis / 1000).toFixed(1)} s.`);
            return true;
        };
        try {
            return await retrying({ ...lockPauses, when: again, budgetMillis, signal }, async (): Promise<Tried> => {
                if (failed > 0) await prepare?.(first.failure);
                const { result, waiting } = failed > 0 ? await runOnce() : { result: firstResult, waiting: first };
                if (waiting === undefined || keyOf(waiting.failure) !== key) return { result, waiting };
                failed += 1;
                throw new LocksNotGiven(result, waiting);
            });
        } catch (error) {
            if (!(error instanceof LocksNotGiven)) throw error;
            const { result, waiting } = error;
            sayHolders(waiting);
            if (waiting.outcome) outcomeLog.say(waiting.outcome);
            log(`  ${key} did not get its locks in ${failed} attempts; giving up.`);
            return { result };
        }
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
