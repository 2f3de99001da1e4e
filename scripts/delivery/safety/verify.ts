import type { Context } from "../context";
import type { Database } from "../engines/database";
import type { Engine } from "../engines/engine";
import { ErrorKind } from "../engines/errors";
import { messageOf } from "../errors";
import type { VerificationCheck } from "../settings";

export interface CheckOutcome {
    name: string;
    file: string;
    seconds: number;
    /** Why it does not hold; absent if it does. */
    failure?: string;
}

/** Runs every check, even after a failure: the reader wants to see everything that is wrong. */
export async function verify(
    { settings, engine, tool }: Pick<Context, "settings" | "engine" | "tool">,
    checks: VerificationCheck[],
): Promise<CheckOutcome[]> {
    if (checks.length === 0) {
        return [];
    }
    return engine.withDatabase(settings, tool.tracking, async (database) => {
        const outcomes: CheckOutcome[] = [];
        for (const { name, file, sql } of checks) {
            const started = performance.now();
            const failure = await failureOf(database, sql, engine);
            outcomes.push({ name, file, seconds: (performance.now() - started) / 1000, failure });
        }
        return outcomes;
    });
}

async function failureOf(database: Database, sql: string, { errors }: Engine): Promise<string | undefined> {
    try {
        return judge(await database.read(sql));
    } catch (error) {
        // No answer is not a verdict. A check that writes is refused by its own transaction, on any server.
        if (errors.isTransient(error) && errors.kindOf(error as { code?: unknown }) !== ErrorKind.ReadOnly) throw error;
        return messageOf(error);
    }
}

/** A check holds if its result is one row with one column that is true. */
export function judge(rows: unknown[][]): string | undefined {
    const [row = []] = rows;
    const [value] = row;
    if (rows.length !== 1 || row.length !== 1) {
        const what = rows.length === 1 ? `${row.length} columns` : `${rows.length} rows`;
        return `returned ${what}; a check must return one row with one boolean`;
    }
    if (value === true) {
        return undefined;
    }
    return value === false ? "is false" : `returned ${JSON.stringify(value)}; a check must return a boolean`;
}
