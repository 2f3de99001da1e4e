import { messageOf } from "../errors";
import { VerificationCheck } from "../input/checks";
import { Settings } from "../input/settings";
import { Database } from "./database";
import { isTransient } from "./lost";

/** `read_only_sql_transaction` */
const readOnly = "25006";

export interface CheckOutcome {
    name: string;
    file: string;
    seconds: number;
    /** Why it does not hold; absent when it does. */
    failure?: string;
}

/** Runs every check, also after one that fails: a reader wants to see all that is wrong. */
export async function verify(settings: Settings, checks: VerificationCheck[]): Promise<CheckOutcome[]> {
    if (checks.length === 0) {
        return [];
    }
    return Database.with(settings, async (database) => {
        const outcomes: CheckOutcome[] = [];
        for (const { name, file, sql } of checks) {
            const started = performance.now();
            const failure = await failureOf(database, sql);
            outcomes.push({ name, file, seconds: (performance.now() - started) / 1000, failure });
        }
        return outcomes;
    });
}

async function failureOf(database: Database, sql: string): Promise<string | undefined> {
    try {
        return judge(await database.read(sql));
    } catch (error) {
        // No answer is no verdict. A check that writes is refused by its own transaction, whoever the server is.
        if (isTransient(error) && (error as { code?: string }).code !== readOnly) throw error;
        return messageOf(error);
    }
}

/** A check holds if its result is one row with one column that is true. */
export function judge(rows: unknown[][]): string | undefined {
    const [row = []] = rows;
    const [value] = row;
    if (rows.length !== 1 || row.length !== 1) {
        const what = rows.length === 1 ? `${row.length} columns` : `${rows.length} rows`;
        return `returned ${what}; a check returns one row with one boolean`;
    }
    if (value === true) {
        return undefined;
    }
    return value === false ? "is false" : `returned ${JSON.stringify(value)}; a check returns a boolean`;
}
