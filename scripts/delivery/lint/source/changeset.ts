import { ChangesetName } from "../../changesets";

/** A changeset as its changelog file has it. Its `file` is the path that Liquibase knows it by. */
export interface SourceChangeset extends ChangesetName {
    /** Where it is written: path in the migrations directory, and line of its beginning. */
    path: string;
    line: number;
    runOnChange: boolean;
    runAlways: boolean;
    runInTransaction: boolean;
    /** It names checksums that are valid beside its own. */
    validCheckSum: boolean;
    /** Liquibase's `runOrder`. */
    runOrder?: string;
    rollback: SourceRollback;
    /** SQL that somebody wrote, in order; generated SQL is known to the plan only. */
    sql: SourceSql[];
    /** True when all its changes are SQL that somebody wrote. */
    onlySql: boolean;
    /** Lines that may speak to the linter. */
    remarks: Remark[];
}

export interface SourceRollback {
    kind: "absent" | "empty" | "written";
    /** Why there is nothing to undo, of an explicit empty one. */
    reason?: string;
}

export interface SourceSql {
    text: string;
    /** Line of the text's beginning. */
    line: number;
    /** Whether Liquibase cuts the text into statements. */
    splitStatements: boolean;
    /** Other than the semicolon. */
    endDelimiter?: string;
}

/** A comment in the changelog. */
export interface Remark {
    text: string;
    line: number;
}

/** Another changelog that a changelog names. */
export type SourceEntry =
    | { kind: "changeset"; changeset: SourceChangeset }
    | { kind: "include"; file: string; relative: boolean; logicalFilePath?: string }
    | { kind: "includeAll"; path: string; relative: boolean; options: IncludeAllOptions };

export interface IncludeAllOptions {
    minDepth: number;
    maxDepth: number;
    endsWith: string;
    logicalFilePath?: string;
    /** A filter or comparator written in Java: nobody but Liquibase knows what it does. */
    javaClass?: string;
}

/** An explicit empty rollback says so: `not required: <reason>` or `empty: <reason>`. */
export function emptyRollbackReason(text: string): string | undefined {
    const [, reason = ""] = /^\s*(?:not required|empty)\b[\s:,.;–—-]*([\s\S]*)$/i.exec(text) ?? [];
    return /\p{L}/u.test(reason) ? reason.trim() : undefined;
}

/** The same in a comment, for formats whose rollbacks cannot carry one: `rollback not required: <reason>`. */
export function reasonInRemarks(remarks: Remark[]): string | undefined {
    for (const { text } of remarks) {
        const [, rest] = /^\s*rollback\s+((?:not required|empty)\b.*)$/i.exec(text) ?? [];
        const reason = rest === undefined ? undefined : emptyRollbackReason(rest);
        if (reason !== undefined) {
            return reason;
        }
    }
    return undefined;
}
