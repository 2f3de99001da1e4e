/** Something that runs code of the repository in a build. */
export interface CodeUse {
    kind: CodeKind;
    /** The class, the program, or the jar's path in the migrations directory. */
    name: string;
    /** Of a program. */
    arguments?: string[];
    /** Where it is: the changelog's path in the migrations directory, or the jar's. */
    file: string;
    /** `keyOf` the changeset; absent outside of one. */
    changeset?: string;
    /** Files of the repository that it is made of: a jar, a program, a script among a program's arguments. */
    files?: HashedFile[];
}

export interface HashedFile {
    /** Path in the source. */
    path: string;
    sha256: string;
}

export type CodeKind = keyof typeof sentences;

/** What each kind does, as the end of a sentence. */
const sentences = {
    customChange: ({ name }) => `customChange runs the class ${name}`,
    executeCommand: ({ name, arguments: given = [] }) =>
        `executeCommand starts ${[name, ...given].map(word).join(" ")}`,
    customPrecondition: ({ name }) => `customPrecondition runs the class ${name}`,
    sqlCheck: ({ name }) => `sqlCheck runs SQL that is no plain query, beside the plan: ${name}`,
    onSqlOutput: () =>
        "preconditions with onSqlOutput TEST are checked while the plan is made, and decide what it shows; leave it out",
    runWith: ({ name }) => `runWith hands the SQL to the program ${name}`,
    class: ({ name }) => `Liquibase makes an instance of the class ${name}`,
    change: ({ name }) => `a change that Liquibase does not have itself, of the class ${name}`,
    precondition: ({ name }) => `a precondition that Liquibase does not have itself, of the class ${name}`,
    format: ({ name }) => `a format that Liquibase does not have itself, read by the class ${name}`,
    jar: () => "its classes are on Liquibase's class path",
    extension: () => "a jar with an extension, whose classes Liquibase would run",
} satisfies Record<string, (use: Pick<CodeUse, "name" | "arguments">) => string>;

/** Above all that a plan says: its SQL is not all that happens. */
export const codeTitle = "This release runs code of the repository: read it too, the SQL below is not all that happens";

/** One line: where it is, what it runs, and the files that it is made of. */
export function describeUse(use: CodeUse): string {
    const files = (use.files ?? []).map(({ path, sha256 }) => `${path} (SHA-256 ${sha256})`);
    const what = [whatRuns(use), ...files].join("; ");
    return `${use.changeset ?? use.file}: ${what}`;
}

/** The same without the place. */
export function whatRuns(use: CodeUse): string {
    return sentences[use.kind](use);
}

/** A word of a command line, so that one reads where it ends and nothing in it breaks the line. */
function word(text: string): string {
    return /^[\w@%+=:,./-]+$/.test(text) ? text : JSON.stringify(text);
}
