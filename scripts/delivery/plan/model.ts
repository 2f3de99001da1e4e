import type { Fingerprint } from "../catalog";
import type { CodeUse } from "../code/model";
import { ChangesetName, count } from "../changesets";
import type { HistoryRow } from "../database/history";
import type { Drift } from "../drift/model";
import type { LintReport } from "../lint";
import type { FileRead } from "../liquibase/files";
import type { Precondition } from "../liquibase/preconditions";

/** What a release will do to the database. */
export interface Plan {
    kind: "deploy" | "rollback";
    environment: string;
    releaseId: string;
    sourceRevision: string;
    /** The tag to go back to, of a rollback. */
    rollbackTo?: string;
    /** SHA-256 over what will run, and over the catalog that it starts from. */
    digest: string;
    /** Digest of that catalog; `catalog.json` beside the plan holds its entries. */
    catalog: string;
    /** What Liquibase checks before the first of them; absent where the changelog has no preconditions. */
    preconditions?: Precondition;
    /** In the order in which they will run. */
    changes: PlannedChange[];
    /** Code of the repository that the release runs, where the environment allows that; absent when it runs none. */
    code?: CodeUse[];
    /** What a reviewer should know. */
    warnings: string[];
    /** What the linter says of the changes; absent for a rollback, which undoes what was linted before. */
    lint?: LintReport;
    /** What somebody changed by hand since the last deployment; absent where nobody looked. */
    drift?: Drift;
    /** Why it must not run. */
    objections?: string[];
}

/** A plan that was just made, with what it was made from. */
export interface MadePlan extends Plan {
    starting: StartingState;
}

/** The database as a plan found it. */
export interface StartingState {
    catalog: Fingerprint;
    history: HistoryRow[];
    /** Where names without a schema lie. */
    schema: string;
}

export interface PlannedChange extends ChangesetName {
    comment?: string;
    runInTransaction: boolean;
    /** What Liquibase checks before it runs; absent where it has no preconditions, and in a rollback. */
    preconditions?: Precondition;
    /** Its failure does not stop the release. */
    failOnError?: false;
    /** Liquibase's checksum of what it is made of. */
    checksum?: string;
    /** What Liquibase's history says of it besides. */
    contexts?: string;
    labels?: string;
    tag?: string;
    /** It ran before in another form (runOnChange, runAlways). */
    again: boolean;
    /** What will run. */
    sql: string[];
    /** Liquibase read the database to make it, and does again when it runs: it may become other SQL. */
    readsDatabase?: true;
    /** What it reads of the repository when it runs. */
    files?: FileRead[];
    /** What would undo it; absent when nothing can, and in a rollback. */
    undo?: string[];
    undoReadsDatabase?: true;
    undoFiles?: FileRead[];
    /** Why nothing would undo it. */
    undoError?: string;
}

/** What is written down of a plan: what it was made from has a file of its own, and some of it is nobody's business. */
export function withoutState({ starting: _, ...plan }: MadePlan): Plan {
    return plan;
}

/** Whether a change can be undone. */
export function undoVerdict({
    undo,
    undoError,
    again,
}: PlannedChange): "yes" | "no" | "nothing to undo" | "not to its earlier form" {
    if (undoError !== undefined || undo === undefined) {
        return "no";
    }
    if (undo.length === 0) {
        return "nothing to undo";
    }
    return again ? "not to its earlier form" : "yes";
}

/** The plan in one line. */
export function headline({ kind, changes, environment, rollbackTo }: Plan): string {
    if (changes.length === 0) {
        return `Nothing pending: ${environment} has every changeset of this source.`;
    }
    return kind === "deploy"
        ? `${count(changes.length, "changeset")} will be applied to ${environment}:`
        : `${count(changes.length, "changeset")} will be undone: ${rollbackTo} and everything after it; ${environment} will be as it was before ${rollbackTo}:`;
}
