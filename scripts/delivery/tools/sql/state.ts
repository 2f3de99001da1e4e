import { keyOf } from "../../changesets";
import type { Engine } from "../../engines/engine";
import type { ScriptSession } from "../../engines/scripts";
import type { EditedChangeset } from "../sources";
import { sqlErrors } from "./errors";
import { type Entry, entriesIn, ledger } from "../ledger";
import type { Dirty, History, Layout, SqlMigration } from "./migration";
import { type PreparedMigration, prepareMigration } from "./prepare";
import { propertiesFile, type SqlProperties } from "./properties";

/** A folder, as far as its state in a database depends on it. */
export interface Folder {
    layout: Layout;
    migrations: SqlMigration[];
    resolve: SqlProperties["resolve"];
    /** Changesets (`keyOf`) that the database had before the pipeline. */
    adopted?: ReadonlySet<string>;
}

/** What a database has of a folder. */
export interface FolderState {
    history: History;
    entries: Entry[];
    pending: PendingMigration[];
    /** Migrations that have run and whose text is another one now. */
    edited: EditedChangeset[];
}

export interface PendingMigration extends PreparedMigration {
    /** The database had it before the pipeline. */
    adopted?: true;
    /** It was begun and not ended: what is to be recorded of that, and why. */
    healed?: { dirty: Dirty; outcome: "applied" | "undone"; reason: string };
}

/** Reads the histories; fails where a migration was begun and nobody can tell what of it is there. */
export async function readState(
    scripts: ScriptSession,
    { layout, migrations, resolve, adopted = new Set() }: Folder,
    { sql, capabilities }: Pick<Engine, "sql" | "capabilities">,
): Promise<FolderState> {
    const [own, kept] = [await scripts.rows(layout.table), await scripts.rows(ledger)];
    const history = layout.history(own ?? [], migrations);
    const entries = entriesIn(kept ?? []);
    const applied = new Set(history.applied);
    const passed = new Set((history.passedOver ?? []).map(({ id }) => id));
    const pending: PendingMigration[] = [];
    for (const migration of migrations.filter(({ id }) => !applied.has(id) && !passed.has(id))) {
        const key = keyOf({ id: migration.id, author: layout.name, file: migration.up.file });
        const prepared: PendingMigration = {
            ...(await prepareMigration(migration, sql)),
            ...(adopted.has(key) && { adopted: true }),
        };
        const { dirty } = history;
        pending.push(
            dirty?.id === migration.id
                ? { ...prepared, healed: heal(dirty, prepared, layout, resolve, capabilities.transactionalDdl) }
                : prepared,
        );
    }
    if (history.dirty !== undefined && !pending.some(({ healed }) => healed !== undefined)) {
        throw dirtyError(
            history.dirty,
            layout,
            "The folder does not have it, so it cannot be resolved by the pipeline.",
        );
    }
    return { history, entries, pending, edited: editedIn(history, entries, migrations, layout) };
}

function heal(
    dirty: Dirty,
    { up }: PreparedMigration,
    layout: Layout,
    resolve: SqlProperties["resolve"],
    transactionalDdl: boolean,
): NonNullable<PendingMigration["healed"]> {
    const { [dirty.id]: declared } = resolve;
    if (declared !== undefined) {
        return { dirty, outcome: declared, reason: `${propertiesFile} declares that it is ${declared}` };
    }
    if (dirty.refused && up.inTransaction && transactionalDdl) {
        return {
            dirty,
            outcome: "undone",
            reason: `${layout.name} noted that the server refused it; it is one transaction, so nothing of it is left, and it runs again`,
        };
    }
    const logs = dirty.logs === undefined ? "" : ` It noted: ${dirty.logs.trim()}`;
    throw dirtyError(dirty, layout, `${layout.name} may have run it, a part of it, or nothing of it.${logs}`);
}

function dirtyError({ id }: Dirty, layout: Layout, cause: string) {
    return new sqlErrors.MigrationDirty({ layout: layout.name, migration: id, cause, file: propertiesFile });
}

/** By the tool's own checksums, and by those of what the pipeline ran. */
function editedIn(
    { applied, checksums = {} }: History,
    entries: Entry[],
    migrations: readonly SqlMigration[],
    layout: Layout,
): EditedChangeset[] {
    const ran = new Set(applied);
    const noted = new Map(entries.map(({ id, checksum }) => [id, checksum]));
    return migrations.flatMap(({ id, up, checksum }) => {
        const was = checksums[id] ?? noted.get(id) ?? undefined;
        return was === undefined || was === checksum || !ran.has(id)
            ? []
            : [{ id, author: layout.name, file: up.file, was, now: checksum }];
    });
}

/** Whether it is only recorded. */
export function isIdle({ adopted, healed }: PendingMigration): boolean {
    return adopted === true || healed?.outcome === "applied";
}

/** The newest of what has run, once these are not there. */
export function newestWithout(
    without: readonly string[],
    applied: readonly string[],
    migrations: readonly SqlMigration[],
): string | undefined {
    return inOrder(
        applied.filter((id) => !without.includes(id)),
        migrations,
    ).at(-1);
}

/** Ids in the order of the folder; those that it does not have come first. */
export function inOrder(ids: readonly string[], migrations: readonly SqlMigration[]): string[] {
    const positions = new Map(migrations.map(({ id }, position) => [id, position]));
    return [...ids].sort((one, other) => (positions.get(one) ?? -1) - (positions.get(other) ?? -1));
}
