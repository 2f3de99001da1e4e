import type { Remark, SourceChangeset } from "../../sources";

/** A changelog that another changelog includes. */
export type SourceEntry =
    | { kind: "changeset"; changeset: SourceChangeset }
    | { kind: "include"; file: string; relative: boolean; logicalFilePath?: string }
    | { kind: "includeAll"; path: string; relative: boolean; line: number; options: IncludeAllOptions };

export interface IncludeAllOptions {
    minDepth: number;
    maxDepth: number;
    endsWith: string;
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
