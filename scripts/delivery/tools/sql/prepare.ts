import type { SqlReader } from "../../engines/engine";
import type { SplitStatement } from "../../engines/scripts";
import { lineCounter } from "../../positions";
import type { SqlMigration, SqlPart } from "./migration";

/** A direction of a migration as it is sent. */
export interface Prepared {
    file: string;
    statements: PlacedStatement[];
    inTransaction: boolean;
}

export interface PlacedStatement {
    text: string;
    line: number;
}

/** A migration as it is sent. */
export interface PreparedMigration {
    migration: SqlMigration;
    up: Prepared;
    down?: Prepared;
}

export async function prepareMigration(
    migration: SqlMigration,
    sql: Pick<SqlReader, "split">,
): Promise<PreparedMigration> {
    const { up, down } = migration;
    return {
        migration,
        up: await prepare(up, sql),
        ...(down !== undefined && { down: await prepare(down, sql) }),
    };
}

/**
 * Takes a text apart into statements. All of it is one transaction, unless its author or a statement wants none, or it has
 * transactions of its own; a pair of BEGIN and COMMIT around all of it is that transaction.
 */
export async function prepare(part: SqlPart, { split }: Pick<SqlReader, "split">): Promise<Prepared> {
    const { file, noTransaction = false } = part;
    const found: (SplitStatement & { line: number })[] = [];
    for (const piece of piecesOf(part)) {
        const statements = (await split(piece.text)) ?? [{ text: piece.text, start: 0 }];
        const lineOf = lineCounter(piece.text);
        for (const one of statements) found.push({ ...one, line: piece.line + lineOf(one.start) - 1 });
    }
    const inner = withoutFrame(found);
    const inTransaction =
        !noTransaction &&
        inner.every(({ control, outsideTransaction }) => control === undefined && outsideTransaction === undefined);
    const sent = inTransaction ? inner : found;
    return { file, inTransaction, statements: sent.map(({ text, line }) => ({ text, line })) };
}

/** Without a BEGIN at the start and a COMMIT at the end. */
function withoutFrame<T extends Pick<SplitStatement, "control">>(statements: T[]): T[] {
    const framed = statements.length >= 2 && statements[0]!.control === "begin" && statements.at(-1)!.control === "end";
    return framed ? statements.slice(1, -1) : statements;
}

/** The pieces into which the author has cut a text, with their lines. */
function piecesOf({ text, line, cuts = [] }: SqlPart): { text: string; line: number }[] {
    let pieces = [{ text, line }];
    for (const cut of cuts) {
        pieces = pieces.flatMap((piece) => {
            let at = piece.line;
            return piece.text.split(cut).map((part) => {
                const placed = { text: part, line: at };
                at += lines(part);
                return placed;
            });
        });
    }
    return pieces.filter((piece) => piece.text.trim() !== "");
}

function lines(text: string): number {
    return text.split("\n").length - 1;
}
