import type { ChangesetName } from "../../changesets";
import type { Facts } from "../running";
import type { Layout } from "./migration";
import type { PreparedMigration } from "./prepare";
import { isIdle, type PendingMigration } from "./state";

/** A pending migration, as events describe it. */
export function upEvent(pending: PendingMigration, layout: Layout): Facts {
    const { migration, up, down, healed } = pending;
    const reason = healed?.reason ?? "the database had it before the pipeline";
    return {
        ...{ id: migration.id, author: layout.name, file: up.file, runInTransaction: up.inTransaction },
        checksum: migration.checksum,
        ...(healed && { comment: healed.reason }),
        ...(isIdle(pending) && { decision: { outcome: "Marked", reason } as const }),
        sql: up.statements.map(({ text }) => text),
        ...(down === undefined
            ? { undoError: `${layout.name}'s folder has no ${layout.undoes}` }
            : { undo: down.statements.map(({ text }) => text) }),
    };
}

/** What a rollback does about a migration. */
export interface Undo {
    /** As the history has it. */
    name: ChangesetName;
    /** The folder's own tool has undone it already: only the pipeline's record of it is left. */
    marked: boolean;
    /** Absent if the folder does not have it any more. */
    prepared?: PreparedMigration;
}

export function undoEvent({ name, marked, prepared }: Undo): Facts {
    const texts = (part: PreparedMigration["down"]) => part?.statements.map(({ text }) => text);
    return {
        ...name,
        // A changeset has one answer, the one that its plan gave.
        runInTransaction: prepared?.up.inTransaction ?? true,
        checksum: prepared?.migration.checksum,
        sql: marked ? [] : (texts(prepared?.down) ?? []),
        ran: texts(prepared?.up),
        ...(marked && { marked }),
    };
}
