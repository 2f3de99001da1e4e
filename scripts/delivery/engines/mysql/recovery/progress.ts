import { type Difference, differences, type Fingerprint } from "../../fingerprint";
import type { Step } from "../../session";
import { readStatement, withoutComments } from "../sql/statements";

/** How far a changeset came: by what of its statements is in the catalog. */
export type Progress = "Nothing" | "Part" | "Whole";

/** The statements of a changeset that commit by themselves. */
export function committing(statements: string[]): string[] {
    return statements.filter((text) => readStatement(text)?.commits);
}

/**
 * How far statements came that began when the catalog was `before`. MySQL completes a DDL statement or does nothing of it, so one that
 * stands alone is either whole or not there. Of several, or where something else has changed, nothing shows that all are complete.
 */
export function progressOf(statements: string[], before: Fingerprint, now: Fingerprint): Progress {
    const found = differences(before, now);
    if (found.length === 0) return "Nothing";
    const real = statements.filter((text) => readStatement(text) !== undefined);
    return real.length === 1 && strangers(real, found).length === 0 ? "Whole" : "Part";
}

/** The differences that none of these statements makes. */
export function strangers(statements: string[], found: Difference[]): Difference[] {
    return found.filter((one) => !isDerived(one) && !statements.some((text) => mentions(text, rootOf(one))));
}

/** The statements that left a trace in the catalog, by the names of what differs. */
export function tracesOf(statements: string[], found: Difference[]): string[] {
    return committing(statements).filter((text) =>
        found.some((one) => mentions(text, rootOf(one)) && (one.of === undefined || mentions(text, partOf(one)))),
    );
}

/** The server derives them from other objects: the columns of a view, and the name of the table that a foreign key refers to. */
function isDerived({ kind, change, of = "" }: Difference): boolean {
    return (kind === "column" && of.startsWith("view ")) || (kind === "foreign key" && change === "changed");
}

/** The name of the table, view, routine or event. */
function rootOf({ kind, name, of }: Difference): string {
    if (kind === "database") return kind;
    // `'user'@'%' on procedure p`: what the server grants to the creator of a routine.
    if (kind === "grant") return name.slice(name.lastIndexOf(" ") + 1);
    return of === undefined ? name : of.slice(of.indexOf(" ") + 1);
}

function partOf({ name, of = "" }: Difference): string {
    const root = of.slice(of.indexOf(" ") + 1);
    return name.startsWith(`${root}.`) ? name.slice(root.length + 1) : name;
}

function mentions(statement: string, name: string): boolean {
    const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return new RegExp(`(?<![\\w$])${escaped}(?![\\w$])`, "i").test(withoutComments(statement));
}

/** A step, with the catalog as it began. */
export interface Begun extends Step {
    before: Fingerprint;
}
