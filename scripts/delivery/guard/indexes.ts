import { setTimeout as sleep } from "node:timers/promises";
import { internalFile } from "../database/history";
import { homeSchema, inSchema, migrationPath } from "../database/searchPath";
import { historyTable } from "../database/tracking";
import type { Name } from "../lint/sql/deed";
import { statementsOf } from "../lint/sql/read";
import type { PlannedChange } from "../plan/model";
import type { Keeper } from "./keeper";

const noteBegins = "Indexes there before: ";

/** An index that a changeset builds concurrently. */
export interface ConcurrentBuild {
    /** Absent where the server chooses the name. */
    index?: Name;
    table: Name;
}

/** An index that is there. */
interface Index {
    oid: string;
    /** Qualified and quoted. */
    name: string;
    valid: boolean;
}

/** The indexes that a changeset builds concurrently. */
export async function concurrentBuilds({ sql }: Pick<PlannedChange, "sql">): Promise<ConcurrentBuild[]> {
    // The grammar is not even loaded for the many that build none.
    const statements = await Promise.all(sql.filter((text) => /concurrently/i.test(text)).map(statementsOf));
    return statements
        .flat()
        .flatMap(({ deed }) =>
            deed.kind === "createIndex" && deed.concurrently ? [{ index: deed.index, table: deed.table }] : [],
        );
}

/** Indexes that no query uses: their build, or their removal, was cut off. */
export async function invalidIndexes(keeper: Keeper): Promise<Index[]> {
    const { rows } = await keeper.observe<Index>(`${indexes} WHERE NOT x.indisvalid AND ${atRest} ORDER BY 2`);
    return rows;
}

/** The indexes of these builds that are there: those that were left invalid, and with `whole` valid ones too. */
export async function leftBehind(keeper: Keeper, builds: ConcurrentBuild[], whole: boolean): Promise<Index[]> {
    const found: Index[] = [];
    const path = await keeper.use(migrationPath);
    for (const { index, table } of builds) {
        // The name that the server would choose for another one is not known: only an invalid one can be told.
        const { rows } = await keeper.observe<Index>(
            `${indexes} WHERE x.indrelid = (
                   SELECT to_regclass(candidate) FROM unnest($1::text[]) WITH ORDINALITY names (candidate, place)
                    WHERE to_regclass(candidate) IS NOT NULL ORDER BY place LIMIT 1) AND ($2::text IS NULL OR c.relname = $2)
               AND (NOT x.indisvalid OR $3) AND ${atRest}`,
            [candidates(table, path), index?.name ?? null, whole && index !== undefined],
        );
        found.push(...rows);
    }
    return found;
}

/**
 * Notes at a release's tag which whole indexes there are that it would build, before it builds any: what is not among them
 * and there when the release has died, the release has built. Without the note nothing shows that.
 */
export async function noteIndexesBefore(keeper: Keeper, tag: string, builds: ConcurrentBuild[]): Promise<Index[]> {
    const before = (await leftBehind(keeper, builds, true)).filter(({ valid }) => valid);
    const note = `${noteBegins}${JSON.stringify(before.map(({ name }) => name))}`;
    await keeper.query(
        `UPDATE ${await historyOf(keeper)} SET comments = $3 WHERE id = $1 AND tag = $1 AND filename = $2`,
        // As long as the column. A note that was cut off shows nothing, and nothing is dropped for it.
        [tag, internalFile, note.slice(0, 255)],
    );
    return before;
}

async function historyOf(keeper: Keeper): Promise<string> {
    return inSchema(await keeper.use(homeSchema), historyTable);
}

/** The names that were noted at the tag; undefined where nothing was. */
export async function indexesBefore(keeper: Keeper, tag: string): Promise<string[] | undefined> {
    const { rows } = await keeper.query<{ comments: string | null }>(
        `SELECT comments FROM ${await historyOf(keeper)} WHERE id = $1 AND tag = $1 AND filename = $2`,
        [tag, internalFile],
    );
    return readNote(rows[0]?.comments ?? "");
}

/** Names in a note of {@link noteIndexesBefore}; undefined if it is none, or not whole. */
export function readNote(note: string): string[] | undefined {
    if (!note.startsWith(noteBegins)) return undefined;
    try {
        const names: unknown = JSON.parse(note.slice(noteBegins.length));
        const isList = Array.isArray(names) && names.every((name) => typeof name === "string");
        return isList ? names : undefined;
    } catch {
        return undefined;
    }
}

/** Drops them without keeping anybody from the table. */
export async function dropIndexes(keeper: Keeper, found: Index[]): Promise<void> {
    for (const { name } of found) {
        for (let attempt = 1; ; attempt++) {
            try {
                await keeper.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
                break;
            } catch (error) {
                // A session that is just ending may still hold it.
                const { code = "" } = (error as { cause?: { code?: string } }).cause ?? {};
                if (!["40P01", "55P03"].includes(code) || attempt === 5) throw error;
                await sleep(200 * attempt);
            }
        }
    }
}

/** In full: where a name without a schema may be found. */
function candidates({ schema, name }: Name, path: string[]): string[] {
    return (schema === undefined ? path : [schema]).map((where) => inSchema(where, name));
}

const indexes = `SELECT x.indexrelid::text AS oid, format('%I.%I', n.nspname, c.relname) AS name, x.indisvalid AS valid
   FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace`;

/** Not being built by somebody at this moment, also by somebody of whom the server hides which one. */
const atRest = `NOT EXISTS (
    SELECT FROM pg_stat_progress_create_index p
     WHERE p.datname = current_database() AND (p.index_relid = x.indexrelid OR p.relid IS NULL))`;
