import type { ChangesetName } from "../changesets";
import type { Entry } from "./fingerprint";

/** A changeset that is about to be undone. */
export interface UndoneSql extends ChangesetName {
    /** What it ran when it was applied; absent if that is unknown. */
    ran?: string[];
    /** What undoes it. */
    sql: string[];
}

/** The database before the changesets ran. */
export interface StateBefore {
    entries: Pick<Entry, "kind" | "name">[];
    /** The schema that unqualified names resolve to. */
    schema: string;
}

/** An object that was there before the changesets ran and that undoing them would drop. */
export interface EarlierDrop extends ChangesetName {
    /** Kind and name: `table public.customer`. */
    object: string;
    /** The statement, shortened. */
    statement: string;
}

/** Finds what an undo would remove that its changesets did not create. */
export interface UndoInspector {
    /**
     * What undoing these changesets, in this order, would drop although it was there before they ran. Views and functions
     * are left out, because they can be restored, and so is whatever the undo itself creates again without loss.
     */
    earlierDrops(undone: UndoneSql[], before: StateBefore): Promise<EarlierDrop[]>;
    /** The data that the SQL deletes for good, as the ends of "it …": `drops table orders with all its rows`. */
    lossesIn(sql: string[]): Promise<string[]>;
    /** Whether the SQL only defines objects whose earlier form a session can restore: `LockSession.restore`. */
    onlyDefines(sql: string[]): Promise<boolean>;
}
