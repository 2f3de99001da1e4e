import type { LintGroup, LintLevel, LintRule } from "../../../components/lintRules";
import type { ChangesetName } from "../changesets";
import type { ToolTerms } from "../terms";
import type { Entry } from "./fingerprint";

/** The texts of a rule. */
export interface RuleText {
    /** The kind of damage it prevents; default levels follow from it, and a stack pins levels by it. */
    group: LintGroup;
    /** Why it hurts, as sentences. */
    why: string;
    /** How to write it instead, as sentences. */
    instead: string;
    /** The same for a file of this kind, where its form matters. */
    insteadIn?: Partial<Record<"xml" | "yaml" | "json" | "sql", string>>;
}

/** What rules say of the tool that sends the SQL. */
export interface RuleTerms extends Pick<ToolTerms, "markUnmet" | "noRollback" | "unsplit" | "namedConstraint"> {
    /** Its name. */
    tool: string;
}

export type Levels = Readonly<Record<LintRule, LintLevel>>;

/** One violation of a rule; level, reason and waiver are added later. */
export interface Complaint {
    rule: LintRule;
    what: string;
    line?: number;
}

/** The part of the linter that understands the engine's SQL. */
export interface SqlLinter {
    /** The engine's own rules, including those of its external SQL linter. */
    rules(terms: RuleTerms): Readonly<Partial<Record<LintRule, RuleText>>>;
    /** Finds a character that the database cannot store as text. */
    readonly unstorable: RegExp;
    /** Comments by which authors silence the external SQL linter itself: they have no effect, and this says so. */
    readonly silencing?: { pattern: RegExp; problem: string };
    /** Starts to judge SQL: an external linter runs while the source positions are read. */
    begin(changes: LintedSql[], options: SqlLintOptions): Promise<SqlJudge>;
}

export interface SqlLintOptions {
    levels: Levels;
    /** Path of the external SQL linter. */
    program: string;
    /** Major version of the server: `17`. */
    serverVersion?: string;
    /** What the catalog contains before the first changeset. */
    catalog?: (Pick<Entry, "kind" | "name"> & Partial<Pick<Entry, "definition">>)[];
    /** The schema that unqualified names resolve to. Default: the engine's. */
    defaultSchema?: string;
    /** The migration tool's tracking tables. */
    trackingTables: string[];
}

export interface SqlJudge {
    /** The verdict on each changeset, in order. `before`: SQL that ran long ago. */
    judge(subjects: LintSubject[], before: WrittenSql[]): Promise<SqlVerdict[]>;
}

/** A pending changeset's SQL. */
export interface LintedSql extends ChangesetName {
    runInTransaction: boolean;
    /** The SQL that will run. */
    sql: string[];
    /** The SQL that would undo it. */
    undo?: string[];
    /** It ran before in another form. */
    again?: boolean;
}

/** SQL as it is written in a source file. */
export interface WrittenSql {
    sql: { text: string; line: number }[];
    /** The source is SQL only, so what runs may correspond to it statement by statement. */
    onlySql: boolean;
}

export interface LintSubject {
    changeset: LintedSql;
    /** `keyOf` the changeset. */
    key: string;
    written?: WrittenSql;
    /** The release may continue without it, so later changesets cannot count on what it creates. */
    mayNotRun: boolean;
}

/** The verdict on one changeset. */
export interface SqlVerdict {
    /** About its structure: transactions and statement splitting. */
    form: Complaint[];
    /** About what its SQL does. */
    content: Complaint[];
    /** Findings that the plan itself disproves. */
    dismissals: { rule: LintRule; reason: string }[];
    /** Removes the complaints that another complaint about the changeset explains. */
    withoutEchoes: (complaints: Complaint[]) => Complaint[];
}
