import { keyOf } from "../../../changesets";
import type { Complaint, LintSubject, RuleText, SqlLinter } from "../../linter";
import { readStatement, withoutComments } from "../sql/statements";

const rules = {
    "one-ddl-statement": {
        group: "failing",
        why: "MySQL commits each schema change separately: if a later statement fails, the changeset is applied in part and not recorded, and every next attempt fails at what is already there.",
        instead: "Write one changeset for each of these statements, each with its rollback.",
    },
} as const satisfies Record<string, RuleText>;

/** What the pipeline relies on in MySQL. There are no rules about locks and data loss yet. */
export const linter: SqlLinter = {
    rules: () => rules,
    // utf8mb4 stores every character, but no half of a pair.
    unstorable: /[\p{Surrogate}]/u,
    begin: () =>
        Promise.resolve({
            judge: (subjects) =>
                Promise.resolve(
                    subjects.map((subject) => ({
                        form: judgeStatements(subject),
                        content: [],
                        dismissals: [],
                        withoutEchoes: (complaints) => complaints,
                    })),
                ),
        }),
};

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
