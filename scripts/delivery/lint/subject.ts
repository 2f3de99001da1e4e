import { keyOf } from "../changesets";
import type { LintChangeset } from "./finding";
import type { Placed, Subject } from "./rules/complaint";
import type { SourceChangeset, SourceSql } from "./source/changeset";
import type { Statement } from "./sql/deed";
import { lineAt, lineCounter } from "./sql/lines";
import { readSql, statementsOf } from "./sql/read";
import { startsInOneText } from "./text";

/** Longer SQL is not read twice to know on which line each of its statements is written. */
const longestPlaced = 1_000_000;

/** A pending changeset with what PostgreSQL's grammar says of its SQL, and of what would undo it. */
export async function subjectOf(changeset: LintChangeset, source: SourceChangeset | undefined): Promise<Subject> {
    const { sql, undo = [] } = changeset;
    const statements = await statementsIn(sql);
    const written = await writtenStatements(statements, source);
    return {
        changeset,
        key: keyOf(changeset),
        source,
        statements: statements.map((statement, index) => ({ statement, deed: statement.deed, ...written[index] })),
        undo: await statementsIn(undo),
    };
}

/** Each text by itself: one that cannot be read takes no other with it. Positions are those of the one text. */
async function statementsIn(texts: string[]): Promise<Statement[]> {
    const starts = startsInOneText(texts);
    const found: Statement[][] = [];
    for (const [index, text] of texts.entries()) {
        const from = starts[index] ?? 0;
        const { statements, problem } = await readSql(text);
        if (problem) {
            found.push([unreadable(text, from, problem)]);
        }
        found.push(statements.map((one) => ({ ...one, start: from + one.start, end: from + one.end })));
    }
    return found.flat();
}

function unreadable(text: string, from: number, problem: { reason: string; position: number }): Statement {
    const own = text.trim().replace(/;$/, "");
    const before = text.length - text.trimStart().length;
    const position = Math.max(0, problem.position - before);
    return {
        text: own,
        start: from + before,
        end: from + before + own.length,
        deed: { kind: "unreadable", reason: problem.reason, position },
        inner: [],
    };
}

/** Where the statements are written, if what runs is what somebody wrote, statement by statement. */
async function writtenStatements(
    statements: Statement[],
    source: SourceChangeset | undefined,
): Promise<Pick<Placed, "line" | "sameLines">[]> {
    if (!source?.onlySql || source.sql.some(({ text }) => text.length > longestPlaced)) {
        return [];
    }
    const written = (await Promise.all(source.sql.map(placesIn))).flat();
    return written.length !== statements.length
        ? statements.map((statement) => ({ line: lineOf(statement, source.sql) }))
        : written.map(({ statement, line }, index) => ({
              line,
              sameLines: lineCount(statement) === lineCount(statements[index]!),
          }));
}

async function placesIn({ text, line }: SourceSql): Promise<{ statement: Statement; line: number }[]> {
    const lineOfCharacter = lineCounter(text);
    const statements = await statementsOf(withNamesForParameters(text));
    return statements.map((statement) => ({ statement, line: line + lineOfCharacter(statement.start) - 1 }));
}

/** `${schema}` is no SQL; a name of the same length keeps all positions. */
function withNamesForParameters(text: string): string {
    return text.replaceAll(/\$\{[\w.-]+\}/g, (parameter) => "_".repeat(parameter.length));
}

/** Where a statement is written that can only be found by its text. */
function lineOf({ text }: Statement, written: SourceSql[]): number | undefined {
    const found = written.find((sql) => sql.text.includes(text));
    return found && found.line + lineAt(found.text, found.text.indexOf(text)) - 1;
}

function lineCount({ text }: Statement): number {
    return lineAt(text, text.length);
}
