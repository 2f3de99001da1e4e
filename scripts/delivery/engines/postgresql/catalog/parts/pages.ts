import type { Client } from "pg";

/** Pages of files that were written; files by their number in the database, 0 for the server's shared catalogs. */
export type WrittenPages = Map<string, Set<number>>;

export function fileKey(database: number, file: number): string {
    return `${database}/${file}`;
}

// Commits do not wait for their records to be written; this does.
const logEnd = "SELECT pg_logical_emit_message(false, 'aurora-pipeline', '', true) AS lsn";

/**
 * Reads from the server's write-ahead log which pages were written: the log has every change of a page before the page
 * itself changes, whoever made it and by whatever statement.
 */
export class WriteAheadLog {
    private constructor(
        /** Connected to another database than the one that is read: an extension is part of the catalog. */
        private readonly client: Client,
    ) {}

    /** Undefined where the server cannot tell: the extension is not installed, or the log leaves pages out. */
    static async open(client: Client): Promise<WriteAheadLog | undefined> {
        const { rows } = await client.query<{ complete: boolean }>(
            `SELECT current_setting('wal_level') <> 'minimal'
                AND EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_walinspect') AS complete`,
        );
        if (rows[0]?.complete !== true) {
            return undefined;
        }
        await client.query("CREATE EXTENSION IF NOT EXISTS pg_walinspect");
        return new WriteAheadLog(client);
    }

    /** The current end of the log, with everything before it readable. */
    async end(): Promise<string> {
        const { rows } = await this.client.query<{ lsn: string }>({
            name: "aurora-pipeline: end of the log",
            text: logEnd,
        });
        return rows[0]?.lsn ?? "";
    }

    /** What was written since a position, in one database and in the shared catalogs. */
    async writtenSince(position: string, database: number): Promise<WrittenPages> {
        const { rows } = await this.client.query<{ database: number; file: number; page: string }>({
            name: "aurora-pipeline: written pages",
            text: `WITH now AS MATERIALIZED (${logEnd})
                SELECT reldatabase AS database, relfilenode AS file, relblocknumber AS page
                FROM now CROSS JOIN LATERAL pg_get_wal_block_info($1::pg_lsn, now.lsn, false)
                WHERE reldatabase IN (0, $2::oid) AND relforknumber = 0 GROUP BY 1, 2, 3`,
            values: [position, database],
        });
        const pages: WrittenPages = new Map();
        for (const { database: of, file, page } of rows) {
            const key = fileKey(of, file);
            pages.set(key, (pages.get(key) ?? new Set()).add(Number(page)));
        }
        return pages;
    }
}
