/** What the authors of a tool's changes write, for texts and messages about them. */
export interface ToolTerms {
    /** The attribute that says whether a failed change stops the release, which is `true` unless it says otherwise. */
    readonly stopOnFailure: string;
    /** The precondition that marks a change as run where it does not hold. */
    readonly markUnmet: string;
    /** How to declare that nothing has to undo a change, with a placeholder for the reason. */
    readonly noRollback: string;
    /** The attribute that gives a file another name in the history. */
    readonly nameInHistory: string;
    /** How to have SQL sent as it is, as a sentence. */
    readonly unsplit: string;
    /** How to name a constraint, apart from SQL. */
    readonly namedConstraint: string;
}
