import { isDeepStrictEqual } from "node:util";
import type { Client } from "pg";
import type { Entry, FingerprintOptions, TableContent } from "../../../fingerprint";
import { readTables, type TableRead } from "../content";
import { catalogQueries, combined, ofRoots, withoutRoots } from "../queries";
import { notOfExtension } from "../queries/sql";
import { inSnapshot, readRows, type RootedEntry } from "../read";
import { WriteAheadLog, type WrittenPages } from "./pages";
import { type CatalogFile, catalogFiles, CatalogRows } from "./rows";
import { affectedObjects, unreadCatalogs, watchedCatalogs } from "./tables";

/**
 * A catalog and the contents of tables in parts that share what did not change: two parts that are the same object are
 * equal. By the OID of what they are about.
 */
export interface Parts {
    catalog: ReadonlyMap<number, readonly Entry[]>;
    content: ReadonlyMap<number, TableContent>;
}

// A plan that reads whole catalogs takes longer with each object that is added. And recursion sets up tables for as many
// rows as the planner fears, which are few.
const byIndex = ["enable_hashjoin = off", "enable_mergejoin = off", "enable_seqscan = off", "work_mem = '64kB'"];

// The file's number is unique within a tablespace; 0 is the database's own.
const filesTables = `
    SELECT DISTINCT c.oid FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS f (file)
    CROSS JOIN (SELECT 0::pg_catalog.oid AS oid UNION ALL SELECT oid FROM pg_catalog.pg_tablespace) t
    CROSS JOIN LATERAL (
        SELECT oid FROM pg_catalog.pg_class
        WHERE oid = pg_catalog.pg_filenode_relation(t.oid, f.file) AND relkind = 'r' OFFSET 0) c`;

/** The part with the kinds of objects that are always read. */
const rare = -1;

interface Known extends Parts {
    rows: CatalogRows;
    files: CatalogFile[];
    /** Tables to read each time. */
    volatile: Set<number>;
    /** Position in the write-ahead log before all of this was read. */
    position: string;
}

/**
 * Reads a database again and again, each time only what was written since: which pages were is known from the server's
 * write-ahead log. It gives what reading everything would; where it cannot be sure of that, it does read everything.
 */
export class PartReader {
    private known: Known | undefined;
    // Written once: they are long.
    private readonly queries = allQueries();

    private constructor(
        private readonly client: Client,
        private readonly log: WriteAheadLog | undefined,
        private readonly database: number,
        private readonly options: FingerprintOptions,
    ) {}

    /** `other` is a superuser's connection to another database of the same server. */
    static async open(client: Client, other: Client, options: FingerprintOptions): Promise<PartReader> {
        const { rows } = await client.query<{ oid: number }>(
            "SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()",
        );
        return new PartReader(client, await WriteAheadLog.open(other), rows[0]?.oid ?? 0, options);
    }

    /** Everything is read the next time. */
    forget(): void {
        this.known = undefined;
    }

    async read(): Promise<Parts> {
        // What is written from here on is read the next time, even if it is seen already now.
        const position = (await this.log?.end()) ?? "";
        const { known } = this;
        this.known = undefined;
        this.known =
            (known && (await inSnapshot(this.client, this.options, () => this.again(known, position), byIndex))) ??
            (await inSnapshot(this.client, this.options, () => this.whole(position)));
        return this.known;
    }

    private async whole(position: string): Promise<Known> {
        const { client, options } = this;
        const entries = await readRows(client, this.queries.all, [options.trackingTables]);
        const tables = await readTables(client, options);
        const rows = await CatalogRows.read(client);
        // The plan of the files' query is kept for the next times.
        await client.query(byIndex.map((setting) => `SET LOCAL ${setting}`).join(";"));
        return {
            catalog: new Map(byRoot(entries)),
            content: new Map(tables.map(({ oid, content }) => [oid, content])),
            volatile: new Set(tables.filter((table) => table.volatile).map(({ oid }) => oid)),
            rows,
            files: await catalogFiles(client, this.database),
            position,
        };
    }

    /** Undefined if everything has to be read. */
    private async again(known: Known, position: string): Promise<Known | undefined> {
        const { log, client, database } = this;
        if (log === undefined) {
            return undefined;
        }
        // The first query of the transaction takes its snapshot: whatever that shows is in the log by now.
        const files = await catalogFiles(client, database);
        const written = await log.writtenSince(known.position, database).catch(() => undefined);
        if (
            written === undefined ||
            !isDeepStrictEqual(files, known.files) ||
            (await this.isBeyondParts(files, written))
        ) {
            return undefined;
        }
        const affected = await this.affected(known, files, written);
        const catalog = affected.length === 0 ? known.catalog : await this.catalogAgain(known, affected);
        return { ...known, catalog, ...(await this.contentAgain(known, affected, files, written)), position };
    }

    // A cast that a changeset made decides how rows are written as JSON, by a function that may become another.
    private async isBeyondParts(files: CatalogFile[], written: WrittenPages): Promise<boolean> {
        const others = files.filter(
            ({ name }) => !unreadCatalogs.includes(name) && !watchedCatalogs.some((watched) => watched.name === name),
        );
        if (others.some(({ key }) => written.has(key))) {
            return true;
        }
        const { rows } = await this.client.query<{ casts: boolean }>({
            name: "aurora-pipeline: casts to JSON",
            text: `SELECT EXISTS (SELECT FROM pg_catalog.pg_cast c WHERE c.oid >= 16384
                AND c.casttarget = ANY ('{json,jsonb}'::pg_catalog.regtype[]) AND ${notOfExtension("pg_cast", "c.oid")}) AS casts`,
        });
        return rows[0]?.casts !== false;
    }

    private async affected({ rows }: Known, files: CatalogFile[], written: WrittenPages): Promise<number[]> {
        const { client } = this;
        const changed = await rows.readAgain(client, files, written);
        if (changed.named.size + changed.own.size === 0) {
            return [];
        }
        const found = await client.query<{ id: number }>({
            name: "aurora-pipeline: affected objects",
            text: affectedObjects,
            values: [[...changed.named], [...changed.own]],
        });
        return found.rows.map(({ id }) => id);
    }

    private async catalogAgain(known: Known, affected: number[]): Promise<Map<number, readonly Entry[]>> {
        const { client, options } = this;
        const entries = [
            ...(await readRows(client, this.queries.ofRoots, [options.trackingTables, affected])),
            ...(await readRows(client, this.queries.rare, [options.trackingTables])),
        ];
        const catalog = new Map(known.catalog);
        for (const root of [rare, ...affected]) {
            catalog.delete(root);
        }
        for (const [root, part] of byRoot(entries)) {
            const before = known.catalog.get(root);
            catalog.set(root, before !== undefined && isDeepStrictEqual(before, part) ? before : part);
        }
        return catalog;
    }

    private async contentAgain(
        known: Known,
        affected: number[],
        files: CatalogFile[],
        written: WrittenPages,
    ): Promise<Pick<Known, "content" | "volatile">> {
        const { client, options } = this;
        const catalogs = new Set(files.map(({ key }) => key));
        const ours = [...written.keys()].filter((key) => !catalogs.has(key)).map((key) => Number(key.split("/")[1]));
        const { rows } = await client.query<{ oid: number }>({
            name: "aurora-pipeline: tables of files",
            text: filesTables,
            values: [ours],
        });
        const again = [...new Set([...affected, ...known.volatile, ...rows.map(({ oid }) => oid)])];
        const read = again.length === 0 ? [] : await readTables(client, options, again);
        const [content, volatile] = [new Map(known.content), new Set(known.volatile)];
        for (const oid of again) {
            content.delete(oid);
            volatile.delete(oid);
        }
        for (const table of read) {
            content.set(table.oid, unchanged(known.content.get(table.oid), table));
            if (table.volatile) volatile.add(table.oid);
        }
        return { content, volatile };
    }
}

function allQueries() {
    const queries = catalogQueries({ roles: true });
    return { all: combined(queries), ofRoots: ofRoots(queries), rare: withoutRoots(queries) };
}

function unchanged(before: TableContent | undefined, { content }: TableRead): TableContent {
    return before !== undefined && isDeepStrictEqual(before, content) ? before : content;
}

/** In a fixed order: a server returns rows in any. */
function byRoot(entries: RootedEntry[]): Map<number, Entry[]> {
    const parts = new Map<number, Entry[]>([[rare, []]]);
    for (const { entry, root = rare } of entries) {
        const part = parts.get(root) ?? [];
        part.push(entry);
        parts.set(root, part);
    }
    for (const part of parts.values()) {
        part.sort((a, b) => compare(a.kind, b.kind) || compare(a.name, b.name) || compare(a.definition, b.definition));
    }
    return parts;
}

function compare(a: string, b: string): number {
    return a < b ? -1 : a > b ? 1 : 0;
}
