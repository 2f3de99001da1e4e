import type { ClientBase } from "pg";
import { messageOf } from "../../errors";
import type { Step } from "../model";
import type { Readers } from "./model";
import { readTracking } from "./read";
import { trackingNotes, trackingSteps } from "./steps";

type Client = Pick<ClientBase, "query">;

/** One round puts a table right, the next one what hung on it. */
const mostRounds = 4;

export interface Mended {
    /** What was done. */
    done: string[];
    /** What a person has to do, with the statement. */
    left: string[];
}

/**
 * Makes the tracking tables and puts them right, in a session that works as their owner: whatever a migration left in
 * them runs as the owner if it runs at all. What cannot be done keeps nothing else from being done.
 */
export async function mendTracking(client: Client, readers: Readers): Promise<Mended> {
    const done: string[] = [];
    const failed = new Map<string, string>();
    for (let round = 1; round <= mostRounds; round++) {
        const steps = trackingSteps(readers, await readTracking(client, readers)).filter(({ sql }) => !failed.has(sql));
        if (steps.length === 0) {
            break;
        }
        for (const step of steps) {
            await attempt(step);
        }
    }
    return { done, left: [...trackingNotes(readers, await readTracking(client, readers)), ...failed.values()] };

    async function attempt({ sql, says }: Step): Promise<void> {
        try {
            await client.query(sql);
            if (says !== undefined && !done.includes(says)) {
                done.push(says);
            }
        } catch (error) {
            failed.set(sql, `${messageOf(error)}: ${sql}`);
        }
    }
}
