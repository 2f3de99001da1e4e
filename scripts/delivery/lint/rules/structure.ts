import { refusedInTransaction } from "../sql/describe";
import { lineAt } from "../sql/statements";
import { dollarBody, tokens } from "../sql/tokens";
import type { SourceSql } from "../source/changeset";
import { Complaint, excerpt, Subject } from "./complaint";

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

function judgeDollarQuotes({ changeset, source }: Subject): Complaint[] {
    const rule = "dollar-quote-split";
    if (source && source.sql.length > 0) {
        return source.sql
            .filter((sql) => sql.text.includes("$") && isSplitAtSemicolons(sql))
            .flatMap((sql) => {
                const body = tokens(sql.text).find(
                    (token) => token.kind === "dollar" && dollarBody(token).includes(";"),
                );
                return body === undefined ? [] : [{ body, line: sql.line + lineAt(sql.text, body.start) - 1 }];
            })
            .map(({ line }) => ({
                rule,
                what: "A semicolon in a dollar-quoted body, and the SQL is split at semicolons.",
                line,
            }));
    }
    const torn = changeset.sql.some(
        (statement) =>
            statement.includes("$") &&
            tokens(statement).at(-1)?.kind === "dollar" &&
            tokens(statement).at(-1)?.unterminated,
    );
    return torn ? [{ rule, what: "A dollar-quoted body was split at a semicolon." }] : [];
}

function isSplitAtSemicolons({ splitStatements, endDelimiter }: SourceSql): boolean {
    return splitStatements && (endDelimiter === undefined || endDelimiter === ";");
}

function judgeTransaction({ changeset, statements }: Subject): Complaint[] {
    if (changeset.runInTransaction) {
        return statements.flatMap(({ statement, line }) => {
            const refused = refusedInTransaction(statement);
            return refused === undefined
                ? []
                : [{ rule: "needs-no-transaction", what: `${refused} in a transaction: ${excerpt(statement)}`, line }];
        });
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
