import type { CodeUse } from "../../code";

/** What each kind does, as the end of a sentence. */
const sentences = {
    customChange: ({ name }) => `customChange runs the class ${name}`,
    executeCommand: ({ name, arguments: given = [] }) =>
        `executeCommand starts ${[name, ...given].map(word).join(" ")}`,
    customPrecondition: ({ name }) => `customPrecondition runs the class ${name}`,
    sqlCheck: ({ name }) => `sqlCheck runs SQL that is not a plain query and not part of the plan: ${name}`,
    onSqlOutput: () =>
        "preconditions with onSqlOutput TEST are checked while the plan is made, and decide what it shows; remove onSqlOutput",
    runWith: ({ name }) => `runWith passes the SQL to the program ${name}`,
    class: ({ name }) => `Liquibase instantiates the class ${name}`,
    change: ({ name }) => `a change that is not part of Liquibase, of the class ${name}`,
    precondition: ({ name }) => `a precondition that is not part of Liquibase, of the class ${name}`,
    format: ({ name }) => `a format that is not part of Liquibase, read by the class ${name}`,
    jar: () => "its classes are on Liquibase's class path",
    extension: () => "a jar with an extension, whose classes Liquibase would run",
} satisfies Record<string, (use: Pick<CodeUse, "name" | "arguments">) => string>;

export type CodeKind = keyof typeof sentences;

export function describeCode(use: CodeUse): string {
    return Object.hasOwn(sentences, use.kind) ? sentences[use.kind as CodeKind](use) : `${use.kind} ${use.name}`;
}

/** A word of a command line, quoted so that its end is visible and nothing in it breaks the line. */
function word(text: string): string {
    return /^[\w@%+=:,./-]+$/.test(text) ? text : JSON.stringify(text);
}
