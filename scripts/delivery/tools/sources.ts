import type { LintRule } from "../../../components/lintRules";
import { ChangesetName } from "../changesets";

/** The source files of a database, as far as they can be read without the migration tool. */
export interface Sources {
    /** In the order in which a new database would run them. */
    changesets: SourceChangeset[];
    /** Files that could not be read: missing, in a jar, or in a form that only the tool knows. */
    unread: { file: string; reason: string }[];
    /** Files that must not be read further, with the reason: endless, or a decompression bomb. */
    refused: { file: string; reason: string }[];
    /** Source issues outside of changesets. */
    issues?: (SourceIssue & { file: string })[];
    /** Names of the parameters that the source declares. */
    parameters?: string[];
}

/** Something that the tool ignores without a message, although its author meant it to have an effect. */
export interface SourceIssue {
    rule: SourceIssueRule;
    line: number;
    what: string;
}

/** The linter's rules for issues. */
export type SourceIssueRule = Extract<
    LintRule,
    | "misspelled-word"
    | "unknown-attribute"
    | "outside-changeset"
    | "no-changeset"
    | "unknown-database"
    | "include-order"
>;

/** A changeset as in its source file. Its `file` is the path by which the migration tool knows it. */
export interface SourceChangeset extends ChangesetName {
    /** Its location: path in the migrations directory, and the line on which it starts. */
    path: string;
    line: number;
    /** It runs again, whenever it was edited or with every release. */
    repeatable: boolean;
    runInTransaction: boolean;
    /** It may be edited after it ran, because its author declared that. */
    mayBeEdited: boolean;
    rollback: SourceRollback;
    /** Handwritten SQL, in order; generated SQL is only in the plan. */
    sql: SourceSql[];
    /** What runs, as it is written, without its layout: differs if the change was edited, whoever writes its SQL. */
    change: string;
    /** Likewise all that is written of it: with its attributes, its rollback and its remarks. */
    written: string;
    /** Files of which the change runs or loads the content: paths in the migrations directory. */
    files?: string[];
    /** Whether all its changes are handwritten SQL. */
    onlySql: boolean;
    /** Comment lines that may address the linter. */
    remarks: Remark[];
    /** Each `${…}` in it: the text between the braces. */
    placeholders?: Remark[];
    issues?: SourceIssue[];
}

export interface SourceRollback {
    kind: "absent" | "empty" | "written";
    /** For an explicitly empty rollback: the reason. */
    reason?: string;
}

export interface SourceSql {
    text: string;
    /** The line on which the text starts. */
    line: number;
}

/** A comment in the source. */
export interface Remark {
    text: string;
    line: number;
}

/** An applied changeset whose source was edited since. */
export interface EditedChangeset extends ChangesetName {
    /** Checksum of what ran. */
    was: string;
    /** Checksum of the current source. */
    now: string;
}

/** Without checksums, if only two sources were compared. */
export type SuspectedEdit = ChangesetName & Partial<EditedChangeset>;
