import type { Difference } from "../catalog";
import type { ChangesetName } from "../changesets";
import type { CheckOutcome } from "../database/verify";
import type { Figures } from "../locks/watch";
import type { ChangesetOutcome } from "../report/deployment";

/** What a rehearsal found out. */
export interface Rehearsal {
    status: "Passed" | "Failed" | "NotRehearsed";
    environment: string;
    releaseId: string;
    /** Digest of the plan that was rehearsed. */
    digest: string;
    startedAt: string;
    seconds: number;
    lockBudgetMilliseconds: number;
    /** In the order in which they ran. */
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
    /** What of it went over the lock budget. */
    overBudget: string[];
    /** What undoing it did; absent if it was not undone. */
    undo?: Measured;
}

export interface Measured extends ChangesetName {
    seconds: number;
    figures?: Figures;
}

export interface RollbackVerdict {
    /**
     * Proven: the catalog was as before. NotProven: changesets that run again do not get their earlier form back.
     * Impossible: a changeset says itself that it cannot be undone. NotTried: it did not come to that.
     */
    result: "Proven" | "NotProven" | "Impossible" | "Failed" | "NotTried";
    /** What the rollback left otherwise than before. */
    differences: Difference[];
    /** Small tables whose rows are not as before. */
    otherRows: string[];
}
