import type { RuleName } from "../catalogue";
import type { LintChangeset } from "../finding";
import type { SourceChangeset } from "../source/changeset";
import type { Deed, Statement } from "../sql/deed";

/** What a rule has to say; the level, the reasons and waivers come later. */
export interface Complaint {
    rule: RuleName;
    what: string;
    line?: number;
}

/** A statement of a changeset and where it is written. */
export interface Placed {
    statement: Statement;
    deed: Deed;
    line?: number;
    /** It is written over as many lines as it runs in, so that its parts have lines as well. */
    sameLines?: boolean;
}

/** A pending changeset with all that is known about it. */
export interface Subject {
    changeset: LintChangeset;
    key: string;
    source?: SourceChangeset;
    statements: Placed[];
    /** What would undo it. */
    undo: Statement[];
}

const excerptLength = 100;

/** A statement as a message shows it: one line, its beginning or what surrounds a position in it. */
export function excerpt({ text }: Statement, position = 0): string {
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
