import { planErrors } from "../errors";

/** Something that runs code of the repository in a build. */
export interface CodeUse {
    /** The tool's name for such code. */
    kind: string;
    /** The class, the program, or the jar's path in the migrations directory. */
    name: string;
    /** Of a program. */
    arguments?: string[];
    /** Where it is: the source file's path in the migrations directory, or the jar's. */
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

/** Above all that a plan says: its SQL is not all that happens. */
export const codeTitle =
    "This release runs code from the repository. Read it too: the SQL below is not everything that runs";

/** What to do instead of running code. */
export const insteadOfCode =
    "Write the change as SQL. If it must be code, only the owner of the stack can allow it (pulumi config set allowCode true), not the repository.";

/** What a tool says of code that it would run. */
export interface CodeWords {
    /** What one does, as the end of a sentence. */
    describeCode(use: CodeUse): string;
}

/** One line: where it is, what it runs, and the files that it is made of. */
export function describeUse(use: CodeUse, words: CodeWords): string {
    const files = (use.files ?? []).map(({ path, sha256 }) => `${path} (SHA-256 ${sha256})`);
    const what = [words.describeCode(use), ...files].join("; ");
    return `${use.changeset ?? use.file}: ${what}`;
}

/** The repository wants to run code, and the environment does not allow it. */
export class CodeRefusal extends planErrors.CodeNotAllowed {
    constructor(
        /** What the tool calls the source. */
        source: string,
        readonly uses: CodeUse[],
        words: CodeWords,
    ) {
        super({ source, uses: uses.map((use) => describeUse(use, words)), instead: insteadOfCode });
    }
}
