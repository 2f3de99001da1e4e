import { codeOf, isTransient, SqlState } from "../errors";
import type { ClientBase } from "pg";
import { databaseErrors, messageOf } from "../../../errors";
import { retrying } from "../../../retrying";
import type { State, Step, Users } from "./model";
import { readState } from "./read";
import { refusals } from "./refusals";
import { stepsTo } from "./steps";

type Client = Pick<ClientBase, "query">;

/** One round transfers objects; the next restores privileges that were transferred along. */
const mostRounds = 4;
const attempts = 5;
const retryMillis = 1000;
/** Transient conflicts with other sessions: a lock timeout, a deadlock, a concurrent change to a role. */
const passing: string[] = [
    SqlState.lockNotAvailable,
    SqlState.deadlockDetected,
    SqlState.serializationFailure,
    SqlState.internalError,
    SqlState.uniqueViolation,
];

/** Reads the current state; throws if something prevents creating the users. */
export async function admittedState(client: Client, users: Users): Promise<State> {
    const state = await readState(client, users);
    refuse(users, state);
    return state;
}

export interface Established {
    done: string[];
    /** What could not be done and holds nothing else up, with the statement. */
    left: string[];
}

/** Creates the roles and everything that belongs to them in one transaction. */
export async function establish(client: Client, users: Users): Promise<Established> {
    return untilSettled(() => inTransaction(client, () => inRounds(client, users)));
}

/** Repeats what fails because another session is in the way. */
export function untilSettled<T>(work: () => Promise<T>): Promise<T> {
    const mayPass = (error: Error) => passing.includes(codeOf(error));
    return retrying({ when: mayPass, attempts, pauseMillis: retryMillis }, work);
}

async function inRounds(client: Client, users: Users): Promise<Established> {
    const said: string[] = [];
    const failed = new Map<string, string>();
    for (let round = 1; ; round++) {
        const all = stepsTo(users, await admittedState(client, users));
        const steps = all.filter(({ sql, serves }) => !failed.has(serves ?? sql));
        if (steps.length === 0) {
            return { done: said, left: [...failed.values()] };
        }
        if (round > mostRounds) {
            throw new databaseErrors.UsersUnsettled({ rounds: mostRounds, steps: steps.map(whatOf) });
        }
        for (const step of steps) {
            const problem = await attempt(client, step);
            if (problem !== undefined) {
                failed.set(step.sql, problem);
                continue;
            }
            // A privilege that a transfer took along is granted again in the next round; it is reported once.
            if (step.says !== undefined && !said.includes(step.says)) {
                said.push(step.says);
            }
        }
    }
}

/** Returns what went wrong with a step that may fail, with the statement; the transaction goes on. */
async function attempt(client: Client, step: Step): Promise<string | undefined> {
    const { sql, mayFail = false } = step;
    if (mayFail === false) {
        return run(client, step);
    }
    await client.query("SAVEPOINT step");
    try {
        await client.query(sql);
        await client.query("RELEASE SAVEPOINT step");
        return undefined;
    } catch (error) {
        if (mayFail !== true && !mayFail.includes(codeOf(error))) {
            throw failed(step, error);
        }
        await client.query("ROLLBACK TO SAVEPOINT step");
        const { detail } = error as { detail?: string };
        return `${messageOf(error)}${detail ? ` (${detail.replaceAll("\n", ", ")})` : ""}: ${sql}`;
    }
}

async function run(client: Client, step: Step): Promise<undefined> {
    try {
        await client.query(step.sql);
    } catch (error) {
        throw failed(step, error);
    }
}

/** A lost connection says nothing about the step. */
function failed(step: Step, error: unknown): unknown {
    return isTransient(error)
        ? error
        : new databaseErrors.UsersFailed({ step: whatOf(step), reason: messageOf(error) }, { cause: error });
}

function whatOf({ sql, says }: Step): string {
    return says === undefined ? sql : `${sql} (${says})`;
}

export async function inTransaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
    await client.query("BEGIN");
    try {
        // Nobody should have to wait long behind a waiting bootstrap, and concurrent bootstraps run one after the
        // other.
        await client.query("SET LOCAL lock_timeout = '5s'");
        await client.query("SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('aurora-pipeline: users'))");
        const result = await work();
        await client.query("COMMIT");
        return result;
    } catch (error) {
        // Without a connection there is nothing to roll back, and the first error says why.
        await client.query("ROLLBACK").catch(() => undefined);
        throw error;
    }
}

function refuse(users: Users, state: State): void {
    const problems = refusals(users, state);
    if (problems.length > 0) {
        throw new databaseErrors.UsersRefused({ problems });
    }
}
