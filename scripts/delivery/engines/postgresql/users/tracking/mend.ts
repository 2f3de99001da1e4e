import type { ClientBase } from "pg";
import { count } from "../../../../changesets";
import { messageOf } from "../../../../errors";
import type { Step } from "../model";
import { isWhole } from "./columns";
import type { Readers, TrackingState } from "./model";
import { readTracking } from "./read";
import { isReplaceable, replaceTable } from "./replace";
import { namelessRows, rowRepairs } from "./rows";
import { rowSteps, shapeSteps, tableSteps, trackingNotes } from "./steps";
import { isTable } from "./structure";

type Client = Pick<ClientBase, "query">;
type Steps = (readers: Readers, tables: TrackingState[]) => Step[];

/** One round repairs a table, the next what depended on it. */
const mostRounds = 4;

export interface Mended {
    /** What was done. */
    done: string[];
    /** What a person has to do, with the statement. */
    left: string[];
}

/**
 * Creates and repairs the tracking tables in a session that works as their owner, so anything that a migration left in
 * them runs with the owner's privileges at most. A repair that fails does not prevent the others.
 */
export async function mendTracking(client: Client, readers: Readers): Promise<Mended> {
    const done: string[] = [];
    const failed = new Map<string, string>();
    await inRounds(shapeSteps);
    const irreplaceable = await replaceStuck();
    await inRounds(shapeSteps);
    const left = await mendRows();
    // Constraints that only hold once the rows are correct.
    await inRounds(rowSteps);
    const tables = await read();
    const wanted = [shapeSteps, rowSteps].flatMap((steps) => steps(readers, tables)).map(({ sql }) => sql);
    // Some failed only because their object had gone with something else.
    const refused = wanted.flatMap((sql) => failed.get(sql) ?? []);
    return { done, left: [...trackingNotes(readers, tables), ...irreplaceable, ...left, ...refused] };

    function read(): Promise<TrackingState[]> {
        return readTracking(client, readers);
    }

    async function inRounds(steps: Steps): Promise<void> {
        for (let round = 1; round <= mostRounds; round++) {
            const needed = steps(readers, await read()).filter(({ sql }) => !failed.has(sql));
            if (needed.length === 0) {
                return;
            }
            for (const { sql, says } of needed) {
                const problem = await attempt(sql, () => says);
                if (problem !== undefined) {
                    failed.set(sql, problem);
                }
            }
        }
    }

    /** Tables that could not be altered. */
    async function replaceStuck(): Promise<string[]> {
        const problems: string[] = [];
        for (const table of (await read()).filter(isReplaceable)) {
            if (tableSteps(readers, table).length > 0) {
                try {
                    done.push(await replaceTable(client, readers, table));
                } catch (error) {
                    problems.push(`the table ${table.name} could not be rebuilt either: ${messageOf(error)}`);
                }
            }
        }
        return problems;
    }

    async function mendRows(): Promise<string[]> {
        const problems: (string | undefined)[] = [];
        for (const table of (await read()).filter((found) => isTable(found) && isWhole(found))) {
            for (const { sql, says } of rowRepairs(readers, table.wanted)) {
                problems.push(await attempt(sql, (rows) => (rows > 0 ? says(rows) : undefined)));
            }
            if (table.wanted.use === "history") {
                problems.push(...(await nameless()));
            }
        }
        return problems.filter((problem) => problem !== undefined);
    }

    async function nameless(): Promise<string[]> {
        const { sql, deletion } = namelessRows(readers);
        const { rows } = await client.query<{ rows: number }>(sql);
        const number = rows[0]?.rows ?? 0;
        const { tool, history } = readers.tracking;
        return number === 0
            ? []
            : [
                  `${count(number, "row")} of ${history.name} lack an id, an author or a file, so ${tool} cannot read the history: restore the values, or let their changesets run again: ${deletion}`,
              ];
    }

    /** Returns what went wrong, with the statement. */
    async function attempt(sql: string, says: (rows: number) => string | undefined): Promise<string | undefined> {
        try {
            const { rowCount } = await client.query(sql);
            const line = says(rowCount ?? 0);
            if (line !== undefined && !done.includes(line)) {
                done.push(line);
            }
            return undefined;
        } catch (error) {
            return `${messageOf(error)}: ${sql.replaceAll(/\s+/g, " ")}`;
        }
    }
}
