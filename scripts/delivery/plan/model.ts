import { ChangesetName, count } from "../changesets";

/** What a release will do to the database. */
export interface Plan {
    kind: "deploy" | "rollback";
    environment: string;
    releaseId: string;
    sourceRevision: string;
    /** The tag to go back to, of a rollback. */
    rollbackTo?: string;
    /** SHA-256 over what will run. */
    digest: string;
    /** In the order in which they will run. */
    changes: PlannedChange[];
    /** What a reviewer should know. */
    warnings: string[];
}

export interface PlannedChange extends ChangesetName {
    comment?: string;
    runInTransaction: boolean;
    /** It ran before in another form (runOnChange, runAlways). */
    again: boolean;
    /** What will run. */
    sql: string[];
    /** What would undo it; absent when nothing can, and in a rollback. */
    undo?: string[];
    /** Why nothing would undo it. */
    undoError?: string;
}

/** The plan in one line. */
export function headline({ kind, changes, environment, rollbackTo }: Plan): string {
    if (changes.length === 0) {
        return `Nothing pending: ${environment} has every changeset of this source.`;
    }
    return kind === "deploy"
        ? `${count(changes.length, "changeset")} will be applied to ${environment}:`
        : `${count(changes.length, "changeset")} will be undone in ${environment}, back to ${rollbackTo}:`;
}
