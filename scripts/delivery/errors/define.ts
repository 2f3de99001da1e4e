import {
    type ErrorClass as AnyClass,
    type ErrorDefinition as AnyDefinition,
    definerOf,
    type Facts,
    messageFrom,
    withFacts,
} from "../../../components/errorDefinition";

/** Exit codes of the delivery program; `run` turns every error into one of them. */
export const ExitCodes = {
    succeeded: 0,
    /** A migration, verification or rollback failed: the database may have changed, `deployment.json` says how. */
    failed: 1,
    /** Bad input: refused before anything in the database was changed. */
    refused: 2,
    /** Stopped by SIGINT or SIGTERM: 128 and the number of the signal, as shells have it. */
    interrupted: 130,
    terminated: 143,
} as const;

/** A kind of error of the delivery program. */
export interface ErrorDefinition extends AnyDefinition {
    /** `refused`: nothing in the database was changed. `either`: the thrower decides. */
    exit: "refused" | "failed" | "either";
}

export interface ErrorDetails extends ErrorOptions {
    /** Of a kind whose definition leaves it open. */
    exit?: "refused" | "failed";
    /** Facts that the summary has a shorter form of. */
    brief?: Facts;
}

/** An error that a user can do something about: a stable code, the facts, one sentence and one fix. */
export class CodedError extends Error {
    readonly code: string;
    readonly facts: Facts;
    /** The exit code of a program that it ends. */
    exitCode: number;
    /** The state of the database, as a sentence. */
    private outcome: string | undefined;
    private readonly brief: Facts;

    constructor(
        name: string,
        private readonly definition: ErrorDefinition,
        facts: Facts,
        { exit, brief = {}, ...options }: ErrorDetails = {},
    ) {
        super(messageFrom(definition, facts), options);
        this.name = name;
        this.code = definition.code;
        this.facts = facts;
        this.brief = { ...facts, ...brief };
        const { exit: defined } = definition;
        this.exitCode = ExitCodes[defined === "either" ? (exit ?? "failed") : defined];
    }

    /** Adds lines after the fix, for example the state of the database, which `outcome` states in a sentence. */
    append(lines: readonly string[], outcome?: string): this {
        this.message = [this.message, ...lines].join("\n");
        this.outcome = outcome;
        return this;
    }

    /** On one line: the code, the cause, what became of the database, and the fix. */
    get summary(): string {
        return summaryFrom(this.definition, this.brief, this.outcome);
    }

    /** Ends a program with the exit code of a failure after work has begun. */
    asFailure(): this {
        this.exitCode = ExitCodes.failed;
        return this;
    }
}

/** The class of a kind of error. */
export type ErrorClass<D extends ErrorDefinition> = AnyClass<D, CodedError, ErrorDetails>;

/** Kinds of errors, by the name of their class. */
export type ErrorKinds = Readonly<Record<string, { readonly definition: ErrorDefinition }>>;

/** Makes the classes of one area, which share the first digits of their codes. */
export const defineErrors = definerOf<ErrorDefinition, CodedError, ErrorDetails>(CodedError);

/**
 * Facts in this program's own words. Any other fact with more than one word may be foreign text: the server's
 * message, which a migration can choose, the name of a file, the migration tool's report.
 */
const ownWords = new Set(
    "advice allowed copy done engine how instead later lockViews missing part release releaseId step tool".split(" "),
);

/** As much of a quoted text as a line has room for; the message before it has all. */
const longestQuote = 400;

/** On this line, foreign text is always in quotation marks: it cannot be mistaken for a sentence of this program. */
function summaryFrom({ code, what, list, fix }: ErrorDefinition, facts: Facts, outcome: string | undefined): string {
    const items = list === undefined ? [] : (facts[list] as readonly string[]);
    const more = items.length > 1 ? [`(and ${items.length - 1} more)`] : [];
    const shown = Object.fromEntries(
        Object.entries(facts).map(([name, fact]) => [
            name,
            typeof fact === "string" && !ownWords.has(name) && /\s/.test(fact.trim()) ? quoted(fact) : fact,
        ]),
    );
    const cause = [withFacts(what, shown), ...items.slice(0, 1).map(quoted), ...more].map(oneLine).join(" ");
    return [
        `${code}: ${withPoint(cause)}`,
        ...(outcome === undefined ? [] : [outcome]),
        oneLine(withFacts(fix, shown)),
    ].join(" ");
}

function quoted(text: string): string {
    const line = oneLine(text).replaceAll(/[“”]/g, '"');
    return `“${line.length > longestQuote ? `${line.slice(0, longestQuote)}…` : line}”`;
}

function oneLine(text: string): string {
    return text.trim().replaceAll(/\s+/g, " ");
}

function withPoint(text: string): string {
    return /[.!?…]”?$/.test(text) ? text : `${text}.`;
}
