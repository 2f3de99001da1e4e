import { setTimeout as sleep } from "node:timers/promises";
import { keyOf, nameOf } from "../changesets";
import { Context } from "../context";
import type { ChangesetEvent, CommandResult } from "../liquibase/session";
import { type ChangesetOutcome, type Deployment, lineOf, outcomeOf } from "../report/deployment";
import { nextWait } from "./backoff";

/** Codes of a server that did not give a lock: not in time, or only in a circle. */
const lockNotGiven = ["55P03", "40P01"];

export interface Attempt {
    /** Runs Liquibase; what was done before is in its history, so that it goes on where it failed. */
    run: (onEvent: (event: ChangesetEvent) => void) => Promise<CommandResult>;
    /** What became of the changesets, without the attempts that were made again. */
    outcomes: ChangesetOutcome[];
    /** Whether a failed changeset left nothing that its next attempt would meet. */
    repeatable: (failure: ChangesetEvent) => boolean;
    /** Puts that right which a failed attempt left. */
    prepare?: (failure: ChangesetEvent) => Promise<void>;
}

/** Runs it, and again for as long as a changeset does not get its locks and its budget lasts. */
export async function withRetries(
    { settings, log, signal }: Context,
    { retries }: Pick<Deployment, "retries">,
    { run, outcomes, repeatable, prepare }: Attempt,
): Promise<CommandResult> {
    const budgetMillis = (settings.guards?.lockRetryBudgetSeconds ?? 0) * 1000;
    let current: { key: string; failed: number; since: number } | undefined;
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
        if (result.exitCode === 0 || !failure || !lockNotGiven.includes(sqlState) || !repeatable(failure)) {
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
