import assert from "node:assert/strict";
import { record } from "../support/mocks";

/** An argument, what is allowed for it and how to fix it, and what is refused. */
export interface BadArg {
    /** Path of the argument, as the message has it. */
    arg: string;
    allowed: string;
    fix: string;
    /** Values that are refused; a value with what the message shows of it, where that is not its JSON. */
    refused: unknown[];
    /** Args that the case needs besides. */
    besides?: Record<string, unknown>;
    /** What the message shows instead of the values: those that are secret. */
    shown?: string;
}

/** The args of each component that cases were made for. */
export const covered: Record<string, Set<string>> = {};

/** What a component is tried with. */
export interface Trial {
    component: new (name: string, args: never) => unknown;
    /** Args that it takes; a case makes one of them bad. */
    good: () => Record<string, unknown>;
    table: BadArg[];
}

/** One test a value: the message says what, given, allowed and fix, all of it verbatim, and nothing is registered. */
export function refuses({ component: Component, good, table }: Trial): void {
    const component = Component.name;
    const goodArgs = good();
    covered[component] = new Set(table.map(({ arg }) => arg.replace(/[.[].*$/, "")));
    for (const { arg, allowed, fix, refused, besides = {}, shown } of table) {
        for (const given of refused) {
            it(`${arg}: ${show(given)}`, async () => {
                const args = withValue({ ...goodArgs, ...besides }, arg, given);
                const { result: message, resources } = await record(() =>
                    messageOf(() => new Component("it", args as never)),
                );
                assert.equal(
                    message,
                    `${component} "it" has 1 invalid argument; nothing of it was created.\n` +
                        `  - ${arg}: given ${shown ?? show(given)}. Allowed: ${allowed}. ${fix}`,
                );
                assert.deepEqual(resources, []);
            });
        }
    }
}

export function messageOf(run: () => unknown): string {
    try {
        run();
    } catch (error) {
        return (error as Error).message;
    }
    return "no error";
}

/** The args with a value at a path such as `source.branch` or `emails[0]`; its parents are copied, not changed. */
function withValue(args: Record<string, unknown>, path: string, value: unknown): Record<string, unknown> {
    const [key = "", ...rest] = path.replace(/\[\d+\]$/, "").split(".");
    const holder = args[key] as Record<string, unknown> | undefined;
    if (rest.length > 0) {
        return { ...args, [key]: withValue({ ...holder }, rest.join("."), path.endsWith("]") ? [value] : value) };
    }
    return { ...args, [key]: path.endsWith("]") ? [value] : value };
}

function show(value: unknown): string {
    return value === undefined ? "nothing" : typeof value === "number" ? `${value}` : JSON.stringify(value);
}
