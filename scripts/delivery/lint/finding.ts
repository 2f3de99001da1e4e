import type { driftKey } from "../../../components/lintRules";
import { ChangesetName } from "../changesets";
import type { Entry } from "../catalog";
import type { Precondition } from "../liquibase/preconditions";
import type { RuleName } from "./catalogue";
import type { EditedChangeset } from "./edited";
import type { Level } from "./rule";
import type { FixedRule } from "./rules/fixed";
import type { SquawkRule } from "./rules/squawk";
import type { SourceChangeset } from "./source/changeset";

export type Levels = Readonly<Record<RuleName, Level>>;
/** The level that the stack's config pins of a rule; `off` where it pins none. */
export type Pinned = (rule: RuleName) => Level;

/** A pending changeset, as the plan describes it: a `PlannedChange` will do. */
export interface LintChangeset extends ChangesetName {
    runInTransaction: boolean;
    /** What Liquibase checks before it runs. */
    preconditions?: Precondition;
    /** Its failure does not stop the release. */
    failOnError?: false;
    /** What Liquibase's history says of it besides. */
    contexts?: string;
    labels?: string;
    tag?: string;
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
    /** Levels that a waiver cannot go below, by rule. */
    pinned?: Pinned;
    /** Every changeset of the changelog, in the order in which a new database would run them. */
    changelog: SourceChangeset[];
    /** What the database's catalog has before the first of them. */
    catalog?: Pick<Entry, "kind" | "name">[];
    /** What the database has run, in any order. */
    applied: ChangesetName[];
    /** Applied changesets that are no longer what ran, as Liquibase's own validation says. */
    edited?: EditedChangeset[];
    /** What squawk says, by `keyOf` the changeset. */
    squawk?: ReadonlyMap<string, SquawkFinding[]>;
    /** For what squawk does not look into. */
    runSquawk?: (changesets: LintChangeset[]) => Promise<ReadonlyMap<string, SquawkFinding[]>>;
    /** Changelog files whose changesets could not be read, and why. */
    unread?: { file: string; reason: string }[];
    /** Where names without a schema lie; `public` unless told. */
    defaultSchema?: string;
}

/** One thing that a rule holds against a changeset. */
export interface Finding {
    rule: RuleName | FixedRule;
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
    /** The reason of the waiver that covers it. It is reported, and stops nothing unless the rule is pinned. */
    waived?: string;
    /** The stack's config pins the rule: a waiver lowers it to `level` and no further. */
    pinned?: true;
}

/** Whether a waiver takes the finding's weight away: not below the level that the stack's config pins. */
export function isWaived({ waived, pinned }: Finding): boolean {
    return waived !== undefined && !pinned;
}

/** Something that the repository makes weigh less than it does in this environment by itself. */
export interface Lowering {
    rule: RuleName | typeof driftKey;
    /** Level without the repository's word. */
    from: Level;
    /** Level that holds. */
    to: Level | "waived";
    /** What the repository asks for, where the stack's config pins more. */
    asked?: Level | "waived";
    /** Where the repository says so: `lint.yaml`, or the changelog file with the waiver. */
    file: string;
    line?: number;
    /** In `lint.yaml`: the key, such as `environments.prod.rules`. */
    key?: string;
    /** Of a waiver: `keyOf` the changeset. */
    changeset?: string;
    /** Of a waiver: why. */
    reason?: string;
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
    /** What the repository lowers in `lint.yaml`, and what its waivers excuse in these changesets. */
    lowered: Lowering[];
}
