import type { ClientBase } from "pg";
import { count } from "../../changesets";
import { historyTable } from "../../database/tracking";
import { messageOf } from "../../errors";
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
    await inRounds(shapeSteps);
    const irreplaceable = await replaceStuck();
    await inRounds(shapeSteps);
    const left = await mendRows();
    // What holds only once the rows are right.
    await inRounds(rowSteps);
    const tables = await read();
    const wanted = [shapeSteps, rowSteps].flatMap((steps) => steps(readers, tables)).map(({ sql }) => sql);
    // Some failed only because what they were for had gone with something else.
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
                    problems.push(`the table ${table.name} could not be built anew either: ${messageOf(error)}`);
                }
            }
        }
        return problems;
    }

    async function mendRows(): Promise<string[]> {
        const problems: (string | undefined)[] = [];
        for (const table of (await read()).filter((found) => isTable(found) && isWhole(found))) {
            for (const { sql, says } of rowRepairs(readers.schema, table.name)) {
                problems.push(await attempt(sql, (rows) => (rows > 0 ? says(rows) : undefined)));
            }
            if (table.name === historyTable) {
                problems.push(...(await nameless()));
            }
        }
        return problems.filter((problem) => problem !== undefined);
    }

    async function nameless(): Promise<string[]> {
        const { sql, deletion } = namelessRows(readers.schema);
        const { rows } = await client.query<{ rows: number }>(sql);
        const number = rows[0]?.rows ?? 0;
        return number === 0
            ? []
            : [
                  `${count(number, "row")} of ${historyTable} lack an id, an author or a file, and Liquibase cannot read the history: give them back what they had, or have their changesets run again: ${deletion}`,
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
