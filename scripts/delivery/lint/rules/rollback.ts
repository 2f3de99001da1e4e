import type { Complaint, Subject } from "./complaint";

/** Whether the changeset can be undone, or states why it needs no undo. */
export function judgeRollback({ changeset, source }: Subject, tool: string): Complaint[] {
    const { sql, undo, undoError } = changeset;
    if (sql.length === 0) {
        return [];
    }
    if (undoError !== undefined) {
        return [{ rule: "rollback-missing", what: `${tool} cannot undo it: ${undoError}` }];
    }
    if (undo !== undefined && undo.length > 0) {
        return [];
    }
    // An older plan does not contain the undo: then only the source counts.
    const absent = source?.rollback.kind === "absent" && (undo !== undefined || source.onlySql);
    if (absent) {
        return [{ rule: "rollback-missing", what: "It has no rollback." }];
    }
    const explained = source?.rollback.kind === "empty" && source.rollback.reason !== undefined;
    const empty = source === undefined ? undo !== undefined : source.rollback.kind === "empty";
    return empty && !explained
        ? [{ rule: "rollback-empty-unexplained", what: "Its rollback is empty, without a reason." }]
        : [];
}
