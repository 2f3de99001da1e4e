import * as crypto from "node:crypto";
import { type KeptTable, now } from "../../../engines/scripts";
import type { FolderFiles, Layout, SqlFolder, SqlMigration, TextRow } from "../migration";
import { byFolder, sha256 } from "./shared";

/** As its schema engine creates it. */
const table: KeptTable = {
    name: "_prisma_migrations",
    key: "id",
    columns: [
        { name: "id", type: { text: 36 }, notNull: true },
        { name: "checksum", type: { text: 64 }, notNull: true },
        { name: "finished_at", type: "instant" },
        { name: "migration_name", type: { text: 255 }, notNull: true },
        { name: "logs", type: "string" },
        { name: "rolled_back_at", type: "instant" },
        { name: "started_at", type: "instant", notNull: true, default: "now" },
        { name: "applied_steps_count", type: "integer", notNull: true, default: 0 },
    ],
};

const script = /^([^/]+)\/migration\.sql$/;

/** Prisma: a directory a migration; the history has a row for each attempt, with the checksum of the file. */
export const prisma: Layout = {
    name: "Prisma",
    has: "<timestamp>_<name>/migration.sql",
    undoes: "a down.sql beside migration.sql",
    table,
    kept: { name: table.name },
    resolves: "prisma migrate resolve",
    recognize: (paths) => byFolder(paths, script, 2),
    read,
    history: (rows) => {
        const done = rows.filter(isApplied);
        const failed = rows.find((row) => row["finished_at"] === null && row["rolled_back_at"] === null);
        return {
            applied: done.map(nameIn),
            checksums: Object.fromEntries(done.map((row) => [nameIn(row), row["checksum"] ?? ""])),
            ...(failed && {
                dirty: {
                    id: nameIn(failed),
                    ...(failed["logs"] && { logs: failed["logs"] }),
                    refused: Boolean(failed["logs"]),
                },
            }),
        };
    },
    applied: (migration) => [{ table, insert: row(migration) }],
    // Prisma runs a migration again of which no attempt is both finished and not rolled back.
    undone: ({ id }) => [{ table, set: { rolled_back_at: now }, where: { migration_name: id } }],
    healed: ({ id }, outcome, _, migration) => [
        { table, set: { rolled_back_at: now }, where: { migration_name: id } },
        ...(outcome === "applied" && migration
            ? [{ table, insert: { ...row(migration), applied_steps_count: 0 } }]
            : []),
    ],
};

function isApplied(found: TextRow): boolean {
    return found["finished_at"] !== null && found["rolled_back_at"] === null;
}

function nameIn(found: TextRow): string {
    return found["migration_name"] ?? "";
}

function row({ id, checksum }: SqlMigration) {
    return {
        ...{ id: crypto.randomUUID(), checksum, finished_at: now, migration_name: id },
        ...{ logs: null, rolled_back_at: null, started_at: now, applied_steps_count: 1 },
    };
}

function read({ paths, base, read: text }: FolderFiles): SqlFolder {
    const names = paths.flatMap((file) => script.exec(file)?.[1] ?? []).sort(byCodeUnits);
    return {
        problems: [],
        migrations: names.map((id): SqlMigration => {
            const up = text(`${id}/migration.sql`);
            const undo = `${id}/down.sql`;
            return {
                id,
                up: { file: `${base}${id}/migration.sql`, line: 1, text: up },
                ...(paths.includes(undo) && { down: { file: base + undo, line: 1, text: text(undo) } }),
                checksum: sha256(up),
            };
        }),
    };
}

function byCodeUnits(one: string, other: string): number {
    return one < other ? -1 : one > other ? 1 : 0;
}
