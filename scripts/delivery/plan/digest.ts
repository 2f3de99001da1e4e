import * as crypto from "node:crypto";
import { Plan, PlannedChange } from "./model";

/**
 * The same for the same changes of the same catalog, whenever they are planned: a plan is approved for what it found,
 * and what it found may be what made it harmless.
 */
export function digestOf({ kind, rollbackTo, changes, catalog }: Omit<Plan, "digest">): string {
    return crypto
        .createHash("sha256")
        .update(JSON.stringify([kind, rollbackTo ?? null, catalog, changes.map(contentOf)]))
        .digest("hex");
}

/** Whether the same runs. */
export function sameContent(one: PlannedChange, other: PlannedChange): boolean {
    return JSON.stringify(contentOf(one)) === JSON.stringify(contentOf(other));
}

function contentOf({ id, author, file, runInTransaction, sql, undo, undoError }: PlannedChange): unknown[] {
    return [id, author, file, runInTransaction, sql, undo ?? null, undoError ?? null];
}
