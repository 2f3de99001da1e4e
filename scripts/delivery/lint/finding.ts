import type { driftKey } from "../../../components/lintRules";
import { ChangesetName } from "../changesets";
import type { Levels, SqlJudge } from "../engines/linter";
import type { Precondition } from "../tools/preconditions";
import type { MigrationTool } from "../tools/tool";
import type { Catalogue, RuleName } from "./catalogue";
import type { Level } from "./rule";
import type { FixedRule } from "./rules/fixed";
import type { HistoryContext } from "./history";
import type { SuspectedEdit, SourceChangeset, Sources } from "../tools/sources";

export type { Levels };
/** The level that the stack's config pins for a rule; `off` if it pins none. */
export type Pinned = (rule: RuleName) => Level;

/** A pending changeset, as the plan describes it: a `PlannedChange` will do. */
export interface LintChangeset extends ChangesetName {
    runInTransaction: boolean;
    /** What the migration tool checks before it runs. */
    preconditions?: Precondition;
    /** Its failure does not stop the release. */
    mayFail?: true;
    /** Other fields of the tool's history. */
    contexts?: string;
    labels?: string;
    tag?: string;
    /** It ran before in another form. */
    again?: boolean;
    /** The SQL that will run. */
    sql: string[];
    /** The SQL that would undo it; empty if undoing it takes no SQL. */
    undo?: string[];
    /** Why it cannot be undone. */
    undoError?: string;
}

/** Where it is: `changesets/001.sql:3`. */
export function placeOf({ file, line }: { file: string; line?: number }): string {
    return line === undefined ? file : `${file}:${line}`;
}

/** What the rules know beside the pending changesets. */
export interface LintContext extends HistoryContext {
    catalogue: Catalogue;
    levels: Levels;
    /** Levels that a waiver cannot go below, by rule. */
    pinned?: Pinned;
    /** Every changeset of the source, in the order in which a new database would run them. */
    sources: SourceChangeset[];
    /** Applied changesets that were edited since, according to the tool's own validation. */
    edited?: SuspectedEdit[];
    /** Source files whose changesets could not be read, with the reason. */
    unread?: { file: string; reason: string }[];
    /** Source issues outside of changesets, and the parameters that the source declares. */
    issues?: Sources["issues"];
    parameters?: string[];
    /** Finds a character that the database cannot store as text. */
    unstorable: RegExp;
    /** Judges the SQL. */
    sql: SqlJudge;
    tool: Pick<MigrationTool, "name" | "tracking" | "mayPassOver">;
}

/** A rule's complaint about a changeset. */
export interface Finding {
    rule: RuleName | FixedRule;
    level: Exclude<Level, "off">;
    /** Path of the source file in the migrations directory. */
    file: string;
    /** Absent if the file could not be read. */
    line?: number;
    /** `keyOf` the changeset; absent if it concerns a file. */
    changeset?: string;
    /** What was found. */
    what: string;
    /** Why it does harm. */
    why: string;
    /** How to write it instead. */
    instead: string;
    /**
     * The reason of the waiver that covers it. A waived finding is reported, but blocks nothing unless the rule is
     * pinned.
     */
    waived?: string;
    /** The stack's config sets a minimum for the rule: a waiver lowers it only to `level`. */
    pinned?: true;
}

/** Whether a waiver applies: it cannot go below the level that the stack's config pins. */
export function isWaived({ waived, pinned }: Finding): boolean {
    return waived !== undefined && !pinned;
}

/** A rule whose level the repository lowers below the environment's default. */
export interface Lowering {
    rule: RuleName | typeof driftKey;
    /** Level without the repository's setting. */
    from: Level;
    /** Effective level. */
    to: Level | "waived";
    /** What the repository asks for, if the stack's config pins more. */
    asked?: Level | "waived";
    /** Where the repository sets it: `lint.yaml`, or the source file with the waiver. */
    file: string;
    line?: number;
    /** In `lint.yaml`: the key, such as `environments.prod.rules`. */
    key?: string;
    /** For a waiver: `keyOf` the changeset. */
    changeset?: string;
    /** For a waiver: the reason. */
    reason?: string;
}

/** A finding that the plan itself disproves: listed separately instead of being reported as a finding. */
export interface Dismissal {
    rule: RuleName;
    changeset: string;
    reason: string;
}

export interface Verdict {
    findings: Finding[];
    /** Findings that the plan itself disproves. */
    dismissals: Dismissal[];
    /** `keyOf` the changesets that lose data, whatever the levels of the rules are. */
    losses?: string[];
}

/** The linter's report: plain data, for plan.json and the pages that show it. */
export interface LintReport extends Verdict {
    environment: string;
    /** How many changesets were judged. */
    changesets: number;
    /** What the repository lowers in `lint.yaml`, and what its waivers cover in these changesets. */
    lowered: Lowering[];
}
