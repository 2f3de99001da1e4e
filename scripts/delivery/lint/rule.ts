/** How much a finding weighs: an error stops the plan. */
export type Level = "off" | "warning" | "error";

/** What a rule protects from; levels that the configuration does not set follow from it. */
export type Group =
    /** It fails, or does something else than what is written. */
    | "fails"
    /** It blocks the application while it runs. */
    | "locks"
    /** It cannot be undone. */
    | "loses"
    /** It breaks code that runs. */
    | "breaks"
    /** It makes databases differ. */
    | "order"
    /** It is unwise. */
    | "style"
    /** It does not apply to this pipeline, or is a matter of taste. */
    | "off";

export interface RuleText {
    group: Group;
    /** Why it hurts, as sentences. */
    why: string;
    /** How to write it instead, as sentences. */
    instead: string;
}
