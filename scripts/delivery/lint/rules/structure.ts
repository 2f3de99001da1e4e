import type { SourceChangeset } from "../source/changeset";
import { lineAt } from "../sql/lines";
import { Complaint, excerpt, Placed, Subject } from "./complaint";

/** How a changeset must be built, whatever its SQL does. */
export function judgeStructure(subject: Subject): Complaint[] {
    return [...judgeRollback(subject), ...judgeDollarQuotes(subject), ...judgeTransaction(subject)];
}

function judgeRollback({ changeset, source }: Subject): Complaint[] {
    const { sql, undo, undoError } = changeset;
    if (sql.length === 0) {
        return [];
    }
    if (undoError !== undefined) {
        return [{ rule: "rollback-missing", what: `Liquibase cannot undo it: ${undoError}` }];
    }
    if (undo !== undefined && undo.length > 0) {
        return [];
    }
    // An older plan does not say what would undo a changeset: then only what is written counts.
    const absent = source?.rollback.kind === "absent" && (undo !== undefined || source.onlySql);
    if (absent) {
        return [{ rule: "rollback-missing", what: "It has no rollback." }];
    }
    const explained = source?.rollback.kind === "empty" && source.rollback.reason !== undefined;
    const empty = source === undefined ? undo !== undefined : source.rollback.kind === "empty";
    return empty && !explained
        ? [{ rule: "rollback-empty-unexplained", what: "Its rollback is empty and gives no reason." }]
        : [];
}

/** What runs is a piece that ends inside of a dollar quote: Liquibase cut it there. */
function judgeDollarQuotes({ statements, source }: Subject): Complaint[] {
    return statements.filter(isTorn).map(({ statement, deed }) => ({
        rule: "dollar-quote-split",
        what: "A semicolon in a dollar-quoted body, and the SQL is split at semicolons.",
        line: deed.kind === "unreadable" ? lineOf(statement.text.slice(deed.position), source) : undefined,
    }));
}

export function isTorn({ deed }: Placed): boolean {
    return deed.kind === "unreadable" && deed.reason.startsWith("unterminated dollar-quoted string");
}

/** Where the quote is written: found by its first line. */
function lineOf(quote: string, source: SourceChangeset | undefined): number | undefined {
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
    // A setting changes nothing that could be left half done.
    const acting = statements.filter(({ deed }) => deed.kind !== "setting");
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
