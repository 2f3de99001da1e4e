import { setTimeout as sleep } from "node:timers/promises";
import type { ClientBase } from "pg";
import { DeliveryError, InputError, messageOf } from "../errors";
import type { State, Step, Users } from "./model";
import { readState } from "./read";
import { refusals } from "./refusals";
import { stepsTo } from "./steps";

type Client = Pick<ClientBase, "query">;

/** One round hands objects over, the next one grants again what went along. */
const mostRounds = 4;
const attempts = 5;
const retryMillis = 1000;
/** Of somebody else: a lock not given, a deadlock, a role that is changed at the same moment. */
const passing = ["55P03", "40P01", "40001", "XX000", "23505"];

/** What is there; throws what keeps the users from being made. */
export async function admittedState(client: Client, users: Users): Promise<State> {
    const state = await readState(client, users);
    refuse(users, state);
    return state;
}

/** Makes the roles and all that belongs to them, in one transaction; returns what it did. */
export async function establish(client: Client, users: Users): Promise<string[]> {
    for (let attempt = 1; ; attempt++) {
        try {
            return await inTransaction(client, () => inRounds(client, users));
        } catch (error) {
            const { code = "" } = ((error as Error).cause ?? error) as { code?: string };
            if (attempt === attempts || !passing.includes(code)) {
                throw error;
            }
            await sleep(retryMillis);
        }
    }
}

async function inRounds(client: Client, users: Users): Promise<string[]> {
    const said: string[] = [];
    for (let round = 1; ; round++) {
        const steps = stepsTo(users, await admittedState(client, users));
        if (steps.length === 0) {
            return said;
        }
        if (round > mostRounds) {
            throw new DeliveryError(
                `The database's users cannot be put right; after ${mostRounds} rounds there is still: ${steps.map(whatOf).join("; ")}`,
            );
        }
        for (const step of steps) {
            await run(client, step);
            // What goes along with a hand-over is granted again in the next round; that is nothing new.
            if (step.says !== undefined && !said.includes(step.says)) {
                said.push(step.says);
            }
        }
    }
}

async function run(client: Client, step: Step): Promise<void> {
    try {
        await client.query(step.sql);
    } catch (error) {
        throw new DeliveryError(
            `The database's users could not be made; nothing was changed. ${whatOf(step)}: ${messageOf(error)}`,
            { cause: error },
        );
    }
}

function whatOf({ sql, says }: Step): string {
    return says === undefined ? sql : `${sql} (${says})`;
}

async function inTransaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
    await client.query("BEGIN");
    try {
        // Nobody shall wait long behind a bootstrap that waits; and of two at once one comes after the other.
        await client.query("SET LOCAL lock_timeout = '5s'");
        await client.query("SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('aurora-pipeline: users'))");
        const result = await work();
        await client.query("COMMIT");
        return result;
    } catch (error) {
        await client.query("ROLLBACK");
        throw error;
    }
}

function refuse(users: Users, state: State): void {
    const problems = refusals(users, state);
    if (problems.length > 0) {
        throw new InputError(
            [
                "The database's users cannot be made; nothing was changed:",
                ...problems.map((problem) => `  - ${problem}`),
            ].join("\n"),
        );
    }
}
