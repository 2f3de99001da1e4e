import { isLockNotGiven } from "../../errors";
import { codeOf, errors } from "../errors";
import { homeSchema, inSchema, migrationPath } from "../connection/searchPath";
import type { Name } from "../sql/effect";
import { statementsOf } from "../sql/read";
import type { Keeper } from "./keeper";
import { retrying } from "../../../retrying";

/** What a note of the indexes that a release has built begins with; their OIDs follow, as JSON. */
export const noteBegins = "Indexes built: ";

/** An index that a changeset builds concurrently. */
export interface ConcurrentBuild {
    /** Absent if the server chooses the name. */
    index?: Name;
    table: Name;
}

/** An existing index. */
export interface Index {
    oid: string;
    /** Qualified and quoted. */
    name: string;
    valid: boolean;
}

/** The indexes that a changeset builds concurrently. */
export async function concurrentBuilds({ sql }: { sql: string[] }): Promise<ConcurrentBuild[]> {
    // The grammar is not even loaded for the many that build none.
    const statements = await Promise.all(sql.filter((text) => /concurrently/i.test(text)).map(statementsOf));
    return statements
        .flat()
        .flatMap(({ effect }) =>
            effect.kind === "createIndex" && effect.concurrently ? [{ index: effect.index, table: effect.table }] : [],
        );
}

/** Invalid indexes, which no query uses: building or dropping them was interrupted. */
export async function invalidIndexes(keeper: Keeper): Promise<Index[]> {
    const { rows } = await keeper.observe<Index>(`${indexes} WHERE NOT x.indisvalid AND ${atRest} ORDER BY 2`);
    return rows;
}

/** The existing indexes of these builds: the invalid ones, and with `whole` the valid ones too. */
export function leftBehind(keeper: Keeper, builds: ConcurrentBuild[], whole: boolean): Promise<Index[]> {
    // If the server chose the name, it is unknown, so only an invalid index can be recognized.
    return indexesOf(keeper, builds, `(NOT x.indisvalid OR ($2::text IS NOT NULL AND ${whole})) AND ${atRest}`);
}

/** `condition`: in SQL; `$2` is the index's name, or NULL if the server chooses it. */
async function indexesOf(keeper: Keeper, builds: ConcurrentBuild[], condition: string): Promise<Index[]> {
    const found: Index[] = [];
    const path = await keeper.use(migrationPath);
    for (const { index, table } of builds) {
        const { rows } = await keeper.observe<Index>(`${indexesUnder("$1::text[]", "$2")} AND ${condition}`, [
            candidates(table, path),
            index?.name ?? null,
        ]);
        found.push(...rows);
    }
    return found;
}

/**
 * Notes at the release's tag that a changeset has begun which builds indexes: see {@link BuildWatch}, which adds their
 * OIDs. If the release dies, the note shows that a valid index is its own. Without `open`: that none builds any.
 */
export async function noteBuilding(keeper: Keeper, tag: string, open: boolean): Promise<void> {
    const { holds, markFile } = keeper.tracking.history;
    await keeper.query(`UPDATE ${await historyOf(keeper)} SET ${holds.note} = $3 WHERE ${markOf(keeper)}`, [
        tag,
        markFile,
        open ? `${noteBegins}[]` : null,
    ]);
}

/** The table that holds the release's row. */
export async function historyOf(keeper: Keeper): Promise<string> {
    return inSchema(await keeper.use(homeSchema), keeper.tracking.history.name);
}

/** The condition for the row that marks a release, whose file is `markFile`; both are expressions of SQL. */
export function markOf({ tracking }: Keeper, release = "$1", markFile = "$2"): string {
    const { id, tag, file } = tracking.history.holds;
    return `${id} = ${release} AND ${tag} = ${release} AND ${file} = ${markFile}`;
}

/** The OIDs noted at the tag. */
export async function builtBy(keeper: Keeper, tag: string): Promise<string[]> {
    const { holds, markFile } = keeper.tracking.history;
    const { rows } = await keeper.query<{ note: string | null }>(
        `SELECT ${holds.note} AS note FROM ${await historyOf(keeper)} WHERE ${markOf(keeper)}`,
        [tag, markFile],
    );
    return readNote(rows[0]?.note ?? "");
}

/** The OIDs in a note of {@link BuildWatch}; none if it is not one or is truncated. */
export function readNote(note: string): string[] {
    if (!note.startsWith(noteBegins)) return [];
    try {
        const oids: unknown = JSON.parse(note.slice(noteBegins.length));
        const isList = Array.isArray(oids) && oids.every((oid) => typeof oid === "string");
        return isList ? oids : [];
    } catch {
        return [];
    }
}

/** Drops the indexes without blocking access to the table. */
export async function dropIndexes(keeper: Keeper, found: Index[]): Promise<void> {
    // A session that is just ending may still hold the lock.
    const isHeld = (error: Error) => isLockNotGiven(errors.kindOf({ code: codeOf(error) }));
    for (const { name } of found) {
        await retrying({ when: isHeld, attempts: 5, pauseMillis: 200, longestPauseMillis: 800 }, () =>
            keeper.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`),
        );
    }
}

/**
 * A query for the indexes of a table, which is the first existing one of these names; `index`: NULL for any. Both are
 * expressions of SQL.
 */
export function indexesUnder(tables: string, index: string): string {
    return `${indexes} WHERE x.indrelid = (
                   SELECT to_regclass(candidate) FROM unnest(${tables}) WITH ORDINALITY names (candidate, place)
                    WHERE to_regclass(candidate) IS NOT NULL ORDER BY place LIMIT 1)
               AND (${index}::text IS NULL OR c.relname = ${index})`;
}

/** Qualified: every schema in which an unqualified name may be found. */
export function candidates({ schema, name }: Name, path: string[]): string[] {
    return (schema === undefined ? path : [schema]).map((where) => inSchema(where, name));
}

const indexes = `SELECT x.indexrelid::text AS oid, format('%I.%I', n.nspname, c.relname) AS name, x.indisvalid AS valid
   FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace`;

/** Not being built at the moment, even by a session whose details the server hides. */
const atRest = `NOT EXISTS (
    SELECT FROM pg_stat_progress_create_index p
     WHERE p.datname = current_database() AND (p.index_relid = x.indexrelid OR p.relid IS NULL))`;
