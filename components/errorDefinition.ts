// What every error that a user reads has in common, whichever program ends with it: infrastructure, builds and commands
// keep catalogues of their own, and docs/errors.md is made from all of them.

/** One kind of error, as data: the class, its message and its row in docs/errors.md are made from it. */
export interface ErrorDefinition {
    /** Stable, and never given to another kind, also once this one is gone. */
    code: `AP${number}`;
    /** Names the kind in docs/errors.md, for those whose sentences are alike. */
    kind?: string;
    /** What is wrong, and where; `{name}` is a fact. */
    what: string;
    /** The fact that is a list: one line an item, after the sentence. */
    list?: string;
    /** What to do about it; `{name}` is a fact. */
    fix: string;
}

type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;

/** The facts of a kind: the names in its sentences, and its list. */
export type FactsOf<D extends ErrorDefinition> = {
    readonly [Name in NamesIn<D["what"] | D["fix"]>]: string | number;
} & (D extends { list: infer List extends string } ? { readonly [Name in List]: readonly string[] } : unknown);

/** The facts of any kind. */
export type Facts = Readonly<Record<string, string | number | readonly string[]>>;

/** The code, the sentence, its list and the fix; on one line if nothing in it needs more. */
export function messageFrom({ code, what, list, fix }: ErrorDefinition, facts: Facts): string {
    const items = list === undefined ? [] : (facts[list] as readonly string[]);
    const sentence = [withFacts(what, facts), ...items.map((item) => `  - ${item}`)].join("\n");
    return `${code}: ${sentence}${sentence.includes("\n") ? "\n" : " "}${withFacts(fix, facts)}`;
}

/** A sentence with its facts; a fact that is a sentence, or quotes one, keeps its own full stop. */
export function withFacts(template: string, facts: Facts): string {
    return template.replaceAll(/\{(\w+)\}(\.?)/g, (_, name: string, point: string) => {
        const fact = String(facts[name]);
        return /\.”?$/.test(fact) ? fact : fact + point;
    });
}

/** The class of a kind of error. */
export interface ErrorClass<D extends ErrorDefinition, Instance, Details> {
    new (facts: FactsOf<D>, details?: Details): Instance & { readonly facts: FactsOf<D> };
    readonly definition: D;
}

/** What the classes of a program are made from. */
type BaseClass<D, Instance, Details> = new (name: string, definition: D, facts: Facts, details?: Details) => Instance;

/** The function that makes a program's classes of an area, whose codes share their first digits. */
export function definerOf<D extends ErrorDefinition, Instance, Details>(Base: BaseClass<D, Instance, Details>) {
    const Parent = Base as unknown as new (name: string, definition: D, facts: Facts, details?: Details) => object;
    return function defineErrors<const Definitions extends Record<string, D>>(
        definitions: Definitions,
    ): { readonly [Name in keyof Definitions]: ErrorClass<Definitions[Name], Instance, Details> } {
        const classes = Object.entries(definitions).map(([name, definition]) => {
            class Kind extends Parent {
                static readonly definition = definition;

                constructor(facts: Facts, details?: Details) {
                    super(name, definition, facts, details);
                }
            }
            return [name, Kind];
        });
        return Object.fromEntries(classes) as {
            readonly [Name in keyof Definitions]: ErrorClass<Definitions[Name], Instance, Details>;
        };
    };
}

/**
 * An error without a code, which no user reads directly: a fault of this project, a reason that an error with a code carries, or an
 * answer of the local run's servers to a program. Every error that a user reads is from a catalogue.
 */
export class InternalError extends Error {}

/** An error's message, or what was thrown instead of one. */
export function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}
