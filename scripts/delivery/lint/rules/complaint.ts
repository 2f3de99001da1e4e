import type { RuleName } from "../catalogue";
import type { LintChangeset } from "../finding";
import type { SourceChangeset } from "../source/changeset";
import type { Deed } from "../sql/describe";
import type { Statement } from "../sql/statements";

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
}

/** A pending changeset with all that is known about it. */
export interface Subject {
    changeset: LintChangeset;
    key: string;
    source?: SourceChangeset;
    statements: Placed[];
}

/** A statement as a message shows it: one line, its beginning. */
export function excerpt({ text }: Statement): string {
    const line = text.replaceAll(/\s+/g, " ").trim();
    return line.length <= 100 ? line : `${line.slice(0, 99).trimEnd()}…`;
}
