import { messageOf } from "../../../errors";
import type { KeptTable } from "../../../engines/scripts";
import type { FolderFiles, Layout, SqlFolder, SqlMigration } from "../migration";
import { byFolder, sha256 } from "./shared";

/** As its migrator creates it: https://github.com/drizzle-team/drizzle-orm/blob/0.45.4/drizzle-orm/src/pg-core/dialect.ts */
const table: KeptTable = {
    schema: "drizzle",
    name: "__drizzle_migrations",
    key: "id",
    columns: [
        { name: "id", type: "serial" },
        { name: "hash", type: "string", notNull: true },
        { name: "created_at", type: "bigint" },
    ],
};

const journal = "meta/_journal.json";
const breakpoint = "--> statement-breakpoint";

/** Drizzle: a journal names the files and their times; the history has a row a migration, of which the newest time counts. */
export const drizzle: Layout = {
    name: "Drizzle",
    has: journal,
    undoes: "<tag>.down.sql beside <tag>.sql",
    table,
    kept: { schema: table.schema, name: table.name, sequences: ["__drizzle_migrations_id_seq"] },
    resolves: "drizzle-kit migrate",
    recognize: (paths) => byFolder(paths, /^meta\/_journal\.json$/, 2),
    read,
    history: (rows, migrations) => {
        const times = rows.map((row) => Number(row["created_at"] ?? 0));
        const newest = Math.max(...times, -Infinity);
        const ran = new Set(times);
        return {
            applied: migrations.filter(({ when = 0 }) => ran.has(when)).map(({ id }) => id),
            passedOver: migrations
                .filter(({ when = 0 }) => !ran.has(when) && when <= newest)
                .map(({ id, when = 0 }) => ({
                    id,
                    reason: `Drizzle runs only what is newer than the newest migration of its history (${newest}); this one is of ${when}`,
                })),
        };
    },
    applied: ({ checksum, when = 0 }) => [{ table, insert: { hash: checksum, created_at: when } }],
    undone: ({ when = 0 }) => [{ table, remove: { created_at: String(when) } }],
    healed: () => [],
};

interface Entry {
    tag: string;
    when: number;
}

function read({ paths, base, read: text }: FolderFiles): SqlFolder {
    const problems: string[] = [];
    const migrations = entriesOf(text(journal), base + journal, problems).flatMap(({ tag, when }): SqlMigration[] => {
        if (!paths.includes(`${tag}.sql`)) {
            problems.push(`${base}${journal} names ${tag}, but ${base}${tag}.sql is missing`);
            return [];
        }
        const part = (file: string) => {
            const whole = text(file);
            return { file: base + file, line: 1, text: whole, cuts: [breakpoint] };
        };
        const up = part(`${tag}.sql`);
        const undo = `${tag}.down.sql`;
        return [{ id: tag, when, up, ...(paths.includes(undo) && { down: part(undo) }), checksum: sha256(up.text) }];
    });
    return { migrations, problems };
}

function entriesOf(text: string, file: string, problems: string[]): Entry[] {
    let found: unknown;
    try {
        found = JSON.parse(text);
    } catch (error) {
        problems.push(`${file} is not JSON: ${messageOf(error)}`);
        return [];
    }
    const { entries } = (found ?? {}) as { entries?: unknown };
    if (!Array.isArray(entries) || !entries.every(isEntry)) {
        problems.push(`${file} has no list of entries, each with a tag and a time (when)`);
        return [];
    }
    return entries;
}

function isEntry(entry: unknown): entry is Entry {
    const { tag, when } = (entry ?? {}) as Partial<Entry>;
    return typeof tag === "string" && /^[\w.-]+$/.test(tag) && typeof when === "number" && Number.isSafeInteger(when);
}
