import type { RawStmt } from "@pgsql/types";
import type { SplitStatement } from "../../scripts";
import { characterOf, parse, Unreadable } from "./grammar";
import { refusedInTransaction } from "./transaction";

/** The statements of a text, each with its semicolon; undefined if PostgreSQL's grammar rejects the text. */
export async function splitText(text: string): Promise<SplitStatement[] | undefined> {
    let parsed: RawStmt[];
    try {
        parsed = await parse(text);
    } catch (error) {
        if (error instanceof Unreadable) return undefined;
        throw error;
    }
    const characters = characterOf(text);
    return parsed.map(({ stmt, stmt_location: location = 0, stmt_len: length }) => {
        const from = characters(location);
        // Without a length it ends with the text; with one, a semicolon follows.
        const end = length === undefined ? text.length : characters(location + length) + 1;
        const whole = text.slice(from, end);
        const own = whole.trim();
        return {
            text: own,
            start: from + (whole.length - whole.trimStart().length),
            outsideTransaction: refusedInTransaction(stmt!),
            control: controlIn(stmt!),
        };
    });
}

const controls: Record<string, SplitStatement["control"]> = {
    TRANS_STMT_BEGIN: "begin",
    TRANS_STMT_START: "begin",
    TRANS_STMT_COMMIT: "end",
    // Within a transaction.
    TRANS_STMT_SAVEPOINT: undefined,
    TRANS_STMT_RELEASE: undefined,
    TRANS_STMT_ROLLBACK_TO: undefined,
};

function controlIn(stmt: NonNullable<RawStmt["stmt"]>): SplitStatement["control"] {
    if (!("TransactionStmt" in stmt)) return undefined;
    const { kind = "" } = stmt.TransactionStmt;
    return kind in controls ? controls[kind] : "other";
}
