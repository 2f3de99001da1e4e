import type { Action } from "./contract";
import type { RoleDataKey } from "./databaseRoles";

// One row of the options table: its fields, and the texts that everything generated from it shares.

/** The type of the value, and the default. */
type Kind =
    | { type: "wholeNumber"; range: readonly [least: number, greatest: number]; unit: string; default?: number }
    | { type: "flag"; default: boolean }
    /** One of a few values; `typeName` is their public type. */
    | { type: "choice"; values: Readonly<Record<string, string>>; typeName: string; default: string }
    /**
     * `allowed` is the end of the sentence "Allowed: …"; `missing` is the message for an absent value, if it is
     * required.
     */
    | { type: "text"; pattern: RegExp; allowed: string; default?: string }
    /** Name of a role in the database; the default is the database's name plus this suffix. */
    | { type: "roleName"; suffix: string }
    /** A schedule of EventBridge, or `never`. */
    | { type: "schedule" }
    /** A list of some of these words, each once. */
    | { type: "words"; words: readonly string[] }
    /** Lint levels, by rule and group. */
    | { type: "lintLevels" }
    /** What only the administrator creates: extensions, group roles, users for applications. */
    | { type: "roleData"; key: RoleDataKey };

export type OptionRow = Kind & {
    /**
     * The part of the delivery program's settings that contains it; absent for an option that the program reads
     * elsewhere or not at all.
     */
    part?: OptionPart;
    /** Builds that have the option, with the tool Liquibase. */
    actions?: readonly Action[];
    /** Variable of those builds. A project sets it if the option has an arg or the component has a value for it. */
    variable?: string;
    /** Path of the arg of `MigrationBuild`. */
    arg?: string;
    /**
     * Docstring of the arg, without its default; `{range}` and `{actions}` stand for those of the row. The arg, its
     * rule and its variable are generated. If absent, they are written by hand because they depend on other args.
     */
    doc?: string;
    /** The fix if another build is given the arg, as a sentence; if absent, the rule of its group states it. */
    elsewhere?: string;
    /** The row's name is a key of the config: its description, without its default, and an example value. */
    config?: { description: string; example: string | number | boolean };
};

/** Parts of the delivery program's settings. */
export type OptionPart = "build" | "database" | "guards" | "rehearsal";

/** The allowed values of a list of words, as the end of the sentence "Allowed: …". */
export function wordsAllowed(words: readonly string[]): string {
    return `a list of ${words.join(", ")}, each at most once`;
}

export function areWords(words: readonly string[], given: unknown): boolean {
    return (
        Array.isArray(given) &&
        new Set(given).size === given.length &&
        (given as string[]).every((word) => words.includes(word))
    );
}

/** Whether a build has the option. */
export function hasOption({ actions = [] }: OptionRow, { action, tool }: { action: string; tool?: string }): boolean {
    return (actions as readonly string[]).includes(action) && tool !== "Custom";
}

/** `action "Plan" or "Deploy"`, for a sentence. */
export function actionsText({ actions = [] }: OptionRow): string {
    const names = actions.map((action) => JSON.stringify(action));
    const last = names.slice(-1).join();
    return `action ${names.length > 1 ? `${names.slice(0, -1).join(", ")} or ${last}` : last}`;
}
