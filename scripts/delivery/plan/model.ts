import type { Difference, Fingerprint, RecordedCatalog } from "../engines/fingerprint";
import type { OtherHistory } from "../engines/database";
import type { CodeUse } from "../tools/code";
import { ChangesetName, count } from "../changesets";
import type { HistoryRow } from "../history";
import type { Drift } from "../safety/drift/model";
import type { LintReport } from "../lint";
import type { FileRead } from "../tools/files";
import type { Decision, Hook, PassedOver } from "../tools/events";
import type { Precondition } from "../tools/preconditions";

/** What a release will do to the database. */
export interface Plan {
    kind: "deploy" | "rollback";
    environment: string;
    releaseId: string;
    sourceRevision: string;
    /** For a rollback: the tag to go back to. */
    rollbackTo?: string;
    /** SHA-256 over what will run and over the catalog that it starts from. */
    digest: string;
    /** Digest of that catalog; `catalog.json` beside the plan holds its entries. */
    catalog: string;
    /** What the migration tool checks before the first of them; absent if the source has no preconditions. */
    preconditions?: Precondition;
    /** Why these stop the release; absent if they do not. */
    unmet?: string;
    /** In execution order. */
    changes: PlannedChange[];
    /** What of the source has not run and is not going to, with the reason; absent if there is nothing. */
    passedOver?: PassedOver[];
    /** SQL that runs before or after the changes, and that no undo reverts; absent if there is none. */
    hooks?: Hook[];
    /** Code of the repository that the release runs, if the environment allows that; absent if it runs none. */
    code?: CodeUse[];
    /** How the database differs from what its baseline's changesets make; absent if it does not. */
    unlikeBaseline?: Difference[];
    /** What a reviewer should know. */
    warnings: string[];
    /** The linter's report; absent for a rollback, which undoes what was linted before. */
    lint?: LintReport;
    /** Drift since the last deployment; absent if it was not checked. */
    drift?: Drift;
    /** Why it must not run. */
    objections?: string[];
}

/** A new plan, with the state that it was made from. */
export interface MadePlan extends Plan {
    starting: StartingState;
}

/** The state of the database when the plan was made. */
export interface StartingState {
    catalog: Fingerprint;
    history: HistoryRow[];
    /** The schema that unqualified names resolve to. */
    schema: string;
    /** Every changeset of the source; absent for a rollback, and if the tool cannot tell. */
    known?: ChangesetName[];
    /** Other histories of the tool in this database; absent for a rollback. */
    otherHistories?: OtherHistory[];
    /** For a rollback: the catalog before the release that it undoes; absent if it is not recorded. */
    before?: RecordedCatalog;
}

export interface PlannedChange extends ChangesetName {
    comment?: string;
    runInTransaction: boolean;
    /** What the tool checks before it runs; absent if it has no preconditions, and in a rollback. */
    preconditions?: Precondition;
    /** What they come to, as far as the plan can know; absent if it runs. */
    decision?: Decision;
    /** Its failure does not stop the release. */
    mayFail?: true;
    /** The tool's checksum of the changeset. */
    checksum?: string;
    /** Other fields of the tool's history. */
    contexts?: string;
    labels?: string;
    tag?: string;
    /** It ran before in another form. */
    again: boolean;
    /** In a rollback: it was only marked as ran; that mark is removed, and nothing else is done. */
    marked?: true;
    /** It ran before, and defines only views and functions: undoing it restores their earlier form. */
    restored?: true;
    /** The SQL that will run. */
    sql: string[];
    /** The tool read the database to generate the SQL and will do so again, so it may become different SQL. */
    readsDatabase?: true;
    /** The files of the repository that it reads when it runs. */
    files?: FileRead[];
    /** The SQL that would undo it; absent if it cannot be undone, and in a rollback. */
    undo?: string[];
    undoReadsDatabase?: true;
    undoFiles?: FileRead[];
    /** Why it cannot be undone. */
    undoError?: string;
    /** Why nothing has to undo it, in its author's words. */
    undoReason?: string;
}

/** The plan as it is stored: its starting state has its own file, and some of that is confidential. */
export function withoutState({ starting: _, ...plan }: MadePlan): Plan {
    return plan;
}

export type UndoVerdict = "yes" | "no" | "nothing to undo" | "structure only" | "not to its earlier form";

/** Whether a change can be undone; the data that it loses cannot. */
export function undoVerdict(
    { undo, undoError, again, restored, decision }: PlannedChange,
    { loses = false } = {},
): UndoVerdict {
    if (decision?.outcome === "Marked") {
        return "nothing to undo";
    }
    if (undoError !== undefined || undo === undefined) {
        return "no";
    }
    if (undo.length === 0) {
        return "nothing to undo";
    }
    return again && !restored ? "not to its earlier form" : loses ? "structure only" : "yes";
}

/** Those that a deployment applies, unless their preconditions turn out otherwise. */
export function appliedBy({ changes }: Pick<Plan, "changes">): PlannedChange[] {
    return changes.filter(({ decision }) => decision?.outcome !== "Marked" && decision?.outcome !== "Halts");
}

export const hooksTitle = "Runs before or after the changes, and is not undone";

/** A one-line summary of the plan. */
export function headline(plan: Plan): string {
    const { kind, changes, environment, rollbackTo, passedOver = [] } = plan;
    if (changes.length === 0) {
        return passedOver.length === 0
            ? `Nothing pending: ${environment} has every changeset of this source.`
            : `Nothing pending: ${environment} has every changeset of this source, except ${passedOver.length} that will not run.`;
    }
    const decided = (outcome: Decision["outcome"]) =>
        changes.filter(({ decision }) => decision?.outcome === outcome).length;
    const [unknown, marked] = [decided("Unknown"), decided("Marked")];
    const perhaps = unknown === 0 ? "" : `, ${unknown} of them only if their preconditions hold then`;
    const only = marked === 0 ? "" : `, and ${marked} will only be marked as run`;
    return kind === "deploy"
        ? `${count(appliedBy(plan).length, "changeset")} will be applied to ${environment}${perhaps}${only}:`
        : `${count(changes.length, "changeset")} will be undone: ${rollbackTo} and everything after it; the catalog of ${environment} is then compared with the one before ${rollbackTo}:`;
}
