import { keyOf } from "../../../changesets";
import type { Complaint, LintSubject, SqlLinter, SqlLintOptions } from "../../linter";
import { readStatement, withoutComments } from "../sql/statements";
import { changeRules } from "./changes";
import { type Statement, statementsOf, type World } from "./read";
import { ruleTexts } from "./ruleTexts";
import { shapeRules } from "./shape";

/** What the pipeline relies on in MySQL, and what hurts the users of its tables. */
export const linter: SqlLinter = {
    rules: () => ruleTexts,
    // utf8mb4 stores every character, but no half of a pair.
    unstorable: /[\p{Surrogate}]/u,
    begin: (_changes, options) => {
        const world = worldOf(options);
        return Promise.resolve({
            judge: (subjects) =>
                Promise.resolve(
                    subjects.map((subject) => ({
                        form: judgeStatements(subject),
                        content: judgeContent(subject, world),
                        dismissals: [],
                        withoutEchoes,
                    })),
                ),
        });
    },
};

/** By the catalog before the first changeset; without one, every table counts as being there. */
function worldOf({ catalog }: Pick<SqlLintOptions, "catalog">): World {
    const entries = new Map(
        catalog?.map(({ kind, name, definition }) => [`${kind} ${name}`.toLowerCase(), definition]) ?? [],
    );
    return {
        exists: (table) => catalog === undefined || entries.has(`table ${table}`.toLowerCase()),
        column: (table, column) => entries.get(`column ${table}.${column}`.toLowerCase()),
    };
}

function judgeContent({ changeset, key, written }: LintSubject, world: World): Complaint[] {
    return statementsOf(changeset).flatMap((statement) =>
        [...shapeRules, ...changeRules].flatMap((one): Complaint[] => {
            const { rule } = one;
            const what = one.finds(statement, world);
            if (what === undefined) return [];
            const line = written && lineOf(written, statement);
            return [
                { rule, what: `${key}: ${what}: ${shortened(statement.text)}`, ...(line !== undefined && { line }) },
            ];
        }),
    );
}

/** Where the statement begins, as far as its text is in the source. */
function lineOf(written: NonNullable<LintSubject["written"]>, { text }: Statement): number | undefined {
    const one = (sql: string) => withoutComments(sql).replaceAll(/\s+/g, " ");
    return written.sql.find((source) => one(source.text) === one(text))?.line ?? written.sql[0]?.line;
}

/** A statement that is known to block need not also say how it would be carried out. */
function withoutEchoes(complaints: Complaint[]): Complaint[] {
    const blocks = complaints.some(({ rule }) => rule !== "algorithm-not-given" && copying.has(rule));
    return blocks ? complaints.filter(({ rule }) => rule !== "algorithm-not-given") : complaints;
}

const copying: ReadonlySet<string> = new Set(
    changeRules
        .map(({ rule }) => rule as string)
        .filter((rule) => (ruleTexts as Record<string, { group: string }>)[rule]?.group === "locking"),
);

function judgeStatements({ changeset, written }: LintSubject): Complaint[] {
    const statements = changeset.sql.flatMap((text) => {
        const read = readStatement(text);
        return read ? [{ ...read, text }] : [];
    });
    const committing = statements.filter(({ commits }) => commits);
    if (committing.length === 0 || statements.length === 1) return [];
    const [first, second] = statements;
    const what =
        `${keyOf(changeset)} has ${statements.length} statements, and ${committing[0]!.verb} commits by itself: ` +
        `${shortened(first!.text)} … ${shortened(second!.text)}`;
    return [{ rule: "one-ddl-statement", what, line: written?.sql[1]?.line }];
}

function shortened(text: string): string {
    const line = withoutComments(text).replaceAll(/\s+/g, " ");
    return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}
