import type { LintedSql, WrittenSql } from "../../linter";
import type { Effect, Statement } from "../sql/effect";

/** A statement of a changeset and its source position. */
export interface Placed {
    statement: Statement;
    effect: Effect;
    line?: number;
    /** In the source it spans as many lines as in the executed SQL, so its parts have lines as well. */
    sameLines?: boolean;
}

/** A pending changeset with everything known about its SQL. */
export interface Subject {
    changeset: LintedSql;
    key: string;
    written?: WrittenSql;
    mayNotRun: boolean;
    statements: Placed[];
    /** The SQL that would undo it. */
    undo: Statement[];
}

const excerptLength = 100;

/** A statement as a message shows it: one line, from its start or around a position. */
export function excerpt({ text }: Pick<Statement, "text">, position = 0): string {
    const before = oneLine(text.slice(0, position));
    const line = oneLine(text);
    if (line.length <= excerptLength) {
        return line;
    }
    const start = before.length < excerptLength / 2 ? 0 : before.length - excerptLength / 4;
    const end = start + excerptLength;
    return `${start > 0 ? "…" : ""}${line.slice(start, end).trim()}${end < line.length ? "…" : ""}`;
}

function oneLine(text: string): string {
    return text.replaceAll(/\s+/g, " ").trimStart();
}
