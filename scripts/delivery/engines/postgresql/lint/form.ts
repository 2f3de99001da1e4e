import { lineAt } from "../../../positions";
import type { Complaint, WrittenSql } from "../../linter";
import { excerpt, type Placed, type Subject } from "./placed";

/** Judges how a changeset is built, whatever its SQL does. */
export function judgeForm(subject: Subject): Complaint[] {
    return [...judgeDollarQuotes(subject), ...judgeTransaction(subject)];
}

/** A piece that ends inside a dollar quote: the tool split it there. */
function judgeDollarQuotes({ statements, written, undo }: Subject): Complaint[] {
    return [
        ...statements.filter(isTorn).map(({ statement, effect }): Complaint => ({
            rule: "dollar-quote-split",
            what: "The SQL is split at semicolons, and a dollar-quoted body contains one.",
            line: effect.kind === "unreadable" ? lineOf(statement.text.slice(effect.position), written) : undefined,
        })),
        ...(undo.some(isTorn)
            ? [
                  {
                      rule: "dollar-quote-split" as const,
                      what: "Its rollback: the SQL is split at semicolons, and a dollar-quoted body contains one.",
                  },
              ]
            : []),
    ];
}

export function isTorn({ effect }: Pick<Placed, "effect">): boolean {
    return effect.kind === "unreadable" && effect.reason.startsWith("unterminated dollar-quoted string");
}

/** The line of the quote, found by its first line. */
function lineOf(quote: string, source: WrittenSql | undefined): number | undefined {
    const [first = ""] = quote.split(/\r?\n/);
    const written = source?.sql.find(({ text }) => text.includes(first));
    return written && written.line + lineAt(written.text, written.text.indexOf(first)) - 1;
}

function judgeTransaction({ changeset, statements, undo }: Subject): Complaint[] {
    if (changeset.runInTransaction) {
        const refused = (what: string | undefined, text: string): Complaint[] =>
            what === undefined ? [] : [{ rule: "needs-no-transaction", what: `${what} in a transaction: ${text}` }];
        return [
            ...statements.flatMap(({ statement, line }) =>
                refused(statement.refusedInTransaction, excerpt(statement)).map((found) => ({ ...found, line })),
            ),
            ...undo.flatMap((statement) =>
                refused(statement.refusedInTransaction, excerpt(statement)).map((found) => ({
                    ...found,
                    what: `Its rollback: ${found.what}`,
                })),
            ),
        ];
    }
    // A setting leaves nothing half done.
    const acting = statements.filter(({ effect }) => effect.kind !== "setting");
    return acting.length <= 1
        ? []
        : [
              {
                  rule: "one-statement-without-transaction",
                  what: `${acting.length} statements run outside a transaction.`,
                  line: acting[1]?.line,
              },
          ];
}
