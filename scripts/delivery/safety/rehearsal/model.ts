import type { Decision } from "../../tools/events";
import type { Difference } from "../../engines/fingerprint";
import type { ChangesetName } from "../../changesets";
import type { CheckOutcome } from "../verify";
import type { Figures } from "../../engines/locks/figures";
import type { ChangesetOutcome } from "../../tools/outcomes";

/** The result of a rehearsal. */
export interface Rehearsal {
    status: "Passed" | "Failed" | "NotRehearsed";
    environment: string;
    releaseId: string;
    /** Digest of the plan that was rehearsed. */
    digest: string;
    startedAt: string;
    seconds: number;
    lockBudgetMilliseconds: number;
    /** In execution order. */
    changesets: RehearsedChangeset[];
    checks: CheckOutcome[];
    rollback: RollbackVerdict;
    /** Why it failed. */
    problems: string[];
    /** What the approver should know. */
    warnings: string[];
}

export interface RehearsedChangeset extends ChangesetOutcome {
    figures?: Figures;
    /** The locks that exceeded the budget. */
    overBudget: string[];
    /** The effects of undoing it; absent if it was not undone. */
    undo?: Measured;
}

export interface Measured extends ChangesetName {
    seconds: number;
    figures?: Figures;
}

export interface RollbackVerdict {
    /**
     * Proven: the catalog was as before. NotProven: the earlier form of changesets that run again is not restored.
     * Impossible: a changeset declares that it cannot be undone. NotTried: the rehearsal ended earlier.
     */
    result: "Proven" | "NotProven" | "Impossible" | "Failed" | "NotTried";
    /** How the catalog after the rollback differs from before. */
    differences: Difference[];
    /** Small tables whose rows differ from before. */
    otherRows: string[];
}

/** The part of a plan that a rehearsal needs. */
export interface RehearsedPlan {
    changes: (ChangesetName & {
        /** It ran before in another form. */
        again: boolean;
        /** An undo restores that form from the catalog. */
        restored?: boolean;
        /** Whether it is only marked. */
        decision?: Decision;
        /** Why it cannot be undone. */
        undoError?: string;
    })[];
}
