import { ChangesetName } from "../changesets";
import type { RuleName } from "./catalogue";
import type { EditedChangeset } from "./edited";
import type { Level } from "./rule";
import type { SquawkRule } from "./rules/squawk";
import type { SourceChangeset } from "./source/changeset";

export type Levels = Readonly<Record<RuleName, Level>>;

/** A pending changeset, as the plan describes it: a `PlannedChange` will do. */
export interface LintChangeset extends ChangesetName {
    runInTransaction: boolean;
    /** It ran before in another form (runOnChange, runAlways). */
    again?: boolean;
    /** What will run. */
    sql: string[];
    /** What would undo it; empty when undoing it takes no SQL. */
    undo?: string[];
    /** Why nothing would undo it. */
    undoError?: string;
}

/** Something that squawk found, and where in the changeset's text. */
export interface SquawkFinding {
    rule: SquawkRule;
    /** Character of the text of `asOneText`. */
    position: number;
    message: string;
}

/** What the rules know beside the pending changesets. */
export interface LintContext {
    levels: Levels;
    /** Every changeset of the changelog, in the order in which a new database would run them. */
    changelog: SourceChangeset[];
    /** What the database has run, in any order. */
    applied: ChangesetName[];
    /** Applied changesets that are no longer what ran, as Liquibase's own validation says. */
    edited?: EditedChangeset[];
    /** What squawk says, by `keyOf` the changeset. */
    squawk?: ReadonlyMap<string, SquawkFinding[]>;
    /** Changelog files whose changesets could not be read, and why. */
    unread?: { file: string; reason: string }[];
    /** Where names without a schema lie; `public` unless told. */
    defaultSchema?: string;
}

/** One thing that a rule holds against a changeset. */
export interface Finding {
    rule: RuleName;
    level: Exclude<Level, "off">;
    /** Path of the changelog file in the migrations directory. */
    file: string;
    /** Absent when the file could not be read. */
    line?: number;
    /** `keyOf` the changeset; absent for what concerns a file. */
    changeset?: string;
    /** What there is. */
    what: string;
    /** Why it hurts. */
    why: string;
    /** How to write it instead. */
    instead: string;
    /** The reason of the waiver that covers it: it is reported, and stops nothing. */
    waived?: string;
}

/** A finding that the plan itself disproves: not reported as a finding, but not hidden either. */
export interface Dismissal {
    rule: RuleName;
    changeset: string;
    reason: string;
}

export interface Verdict {
    findings: Finding[];
    /** Findings that the plan itself disproves. */
    dismissals: Dismissal[];
}

/** The linter's report: plain data, for plan.json and what shows it. */
export interface LintReport extends Verdict {
    environment: string;
    /** How many changesets were judged. */
    changesets: number;
}
