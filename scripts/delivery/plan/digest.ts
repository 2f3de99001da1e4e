import * as crypto from "node:crypto";
import { Plan, PlannedChange } from "./model";

/** The same for the same changes, wherever and whenever they are planned. */
export function digestOf(kind: Plan["kind"], rollbackTo: string | undefined, changes: PlannedChange[]): string {
    const content = changes.map(({ id, author, file, runInTransaction, sql, undo, undoError }) => [
        id,
        author,
        file,
        runInTransaction,
        sql,
        undo ?? null,
        undoError ?? null,
    ]);
    return crypto
        .createHash("sha256")
        .update(JSON.stringify([kind, rollbackTo ?? null, content]))
        .digest("hex");
}
