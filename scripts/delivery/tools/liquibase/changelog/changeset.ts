import type { Remark, SourceChangeset, SourceSql, Sources } from "../../sources";

/** A changeset as it is written in a changelog. */
export interface WrittenChangeset extends SourceChangeset {
    /** For changesets that run before or after all others: `first` or `last`. */
    runOrder?: string;
    sql: ChangeSql[];
}

/** The SQL of one change. */
export interface ChangeSql extends SourceSql {
    splitStatements: boolean;
    /** If not the semicolon. */
    endDelimiter?: string;
}

/** A changelog with what it includes. */
export interface ChangelogSources extends Sources {
    changesets: WrittenChangeset[];
}

/** What a changelog contains, in its order. */
export type SourceEntry =
    | { kind: "changeset"; changeset: WrittenChangeset }
    | { kind: "include"; file: string; relative: boolean; mayBeMissing: boolean; logicalFilePath?: string }
    | { kind: "includeAll"; path: string; relative: boolean; line: number; options: IncludeAllOptions };

export interface IncludeAllOptions {
    minDepth: number;
    maxDepth: number;
    endsWith: string;
    mayBeMissing: boolean;
    logicalFilePath?: string;
    /** A filter or comparator written in Java: only Liquibase knows what it does. */
    javaClass?: string;
}

/** The reason of an explicitly empty rollback: `not required: <reason>` or `empty: <reason>`. */
export function emptyRollbackReason(text: string): string | undefined {
    const [, reason = ""] = /^\s*(?:not required|empty)\b[\s:,.;–—-]*([\s\S]*)$/i.exec(text) ?? [];
    return /\p{L}/u.test(reason) ? reason.trim() : undefined;
}

/** The same in a comment, for formats whose rollbacks cannot contain one: `rollback not required: <reason>`. */
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
