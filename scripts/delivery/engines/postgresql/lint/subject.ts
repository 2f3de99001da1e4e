import { lineAt, lineCounter } from "../../../positions";
import type { LintSubject, WrittenSql } from "../../linter";
import type { Statement } from "../sql/effect";
import { readSql, statementsOf } from "../sql/read";
import type { Placed, Subject } from "./placed";
import { startsInOneText } from "./text";

type Written = WrittenSql["sql"][number];

/** Longer SQL is not parsed a second time to find the source line of each statement. */
const longestPlaced = 1_000_000;

/** A pending changeset with what PostgreSQL's grammar says about its SQL and about its undo. */
export async function subjectOf({ changeset, key, written: source, mayNotRun }: LintSubject): Promise<Subject> {
    const { sql, undo = [] } = changeset;
    const statements = await statementsIn(sql);
    const written = await writtenStatements(statements, source);
    return {
        changeset,
        key,
        written: source,
        mayNotRun,
        statements: statements.map((statement, index) => ({ statement, effect: statement.effect, ...written[index] })),
        undo: await statementsIn(undo),
    };
}

/**
 * Parses each text separately, so that an unreadable one does not affect the others. Positions refer to the combined
 * text.
 */
async function statementsIn(texts: string[]): Promise<Statement[]> {
    const starts = startsInOneText(texts);
    const found: Statement[][] = [];
    for (const [index, text] of texts.entries()) {
        const from = starts[index] ?? 0;
        const { statements, problem } = await readSql(text);
        if (problem) {
            found.push([unreadable(text, from, problem)]);
        }
        found.push(
            statements.map((one) => ({
                ...one,
                start: from + one.start,
                end: from + one.end,
                ...(hasValues(text, one) ? { parameter: undefined } : {}),
            })),
        );
    }
    return found.flat();
}

/** A plan shows the values of a prepared statement's parameters as comments before it. */
function hasValues(text: string, { start, parameter }: Statement): boolean {
    return parameter !== undefined && /^-- \$1 /m.test(text.slice(0, start));
}

function unreadable(text: string, from: number, problem: { reason: string; position: number }): Statement {
    const own = text.trim().replace(/;$/, "");
    const before = text.length - text.trimStart().length;
    const position = Math.max(0, problem.position - before);
    return {
        text: own,
        start: from + before,
        end: from + before + own.length,
        effect: { kind: "unreadable", reason: problem.reason, position },
        inner: [],
    };
}

/** The source positions of the statements, if what runs matches the source statement by statement. */
async function writtenStatements(
    statements: Statement[],
    source: WrittenSql | undefined,
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

async function placesIn({ text, line }: Written): Promise<{ statement: Statement; line: number }[]> {
    const lineOfCharacter = lineCounter(text);
    const statements = await statementsOf(withNamesForParameters(text));
    return statements.map((statement) => ({ statement, line: line + lineOfCharacter(statement.start) - 1 }));
}

/** `${schema}` is not SQL; a name of the same length keeps all positions. */
function withNamesForParameters(text: string): string {
    return text.replaceAll(/\$\{[\w.-]+\}/g, (parameter) => "_".repeat(parameter.length));
}

/** The line of a statement that can only be found by its text. */
function lineOf({ text }: Statement, written: Written[]): number | undefined {
    const found = written.find((sql) => sql.text.includes(text));
    return found && found.line + lineAt(found.text, found.text.indexOf(text)) - 1;
}

function lineCount({ text }: Statement): number {
    return lineAt(text, text.length);
}
