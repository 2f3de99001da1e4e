import assert from "node:assert/strict";
import { InfrastructureError } from "../../components/shared/errors";
import { record } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";

/** An argument, its allowed values, the fix, and rejected values. */
export interface BadArg {
    /** Path of the argument, as the message has it. */
    arg: string;
    allowed: string;
    fix: string;
    /** Rejected values; a value together with its form in the message, if that is not its JSON. */
    refused: unknown[];
    /** Further args that the case needs. */
    besides?: Record<string, unknown>;
    /** What the message shows instead of secret values. */
    shown?: string;
}

/** The args of each component that has cases. */
export const covered: Record<string, Set<string>> = {};

/** A component under test. */
export interface Trial {
    component: new (name: string, args: never) => unknown;
    /** Valid args; a case makes one of them invalid. */
    good: () => Record<string, unknown>;
    table: BadArg[];
}

/** One test per value: the message states what, given, allowed and fix, verbatim, and nothing is registered. */
export function refuses({ component: Component, good, table }: Trial): void {
    const component = Component.name;
    const goodArgs = good();
    covered[component] = new Set(table.map(({ arg }) => arg.replace(/[.[].*$/, "")));
    for (const { arg, allowed, fix, refused, besides = {}, shown } of nonEmpty(table)) {
        for (const given of refused) {
            it(`${arg}: ${show(given)}`, async () => {
                const args = withValue({ ...goodArgs, ...besides }, arg, given);
                const { result: error, resources } = await record(() =>
                    errorOf(() => new Component("it", args as never)),
                );
                const facts = { arg, given: shown ?? show(given), allowed, fix };
                assert.deepEqual(
                    error.failures.map((failure) => failure.facts),
                    [facts],
                );
                assert.equal(
                    error.message,
                    `AP2002: ${component} "it" has 1 invalid argument; nothing of it was created:\n` +
                        `  - ${error.failures[0]?.code}: ${arg}: given ${facts.given}. Allowed: ${allowed}. ${fix}\n` +
                        "Correct the program, and run the command again.",
                );
                assert.deepEqual(resources, []);
            });
        }
    }
}

/** The error that rejects it; fails if there is none. */
function errorOf(run: () => unknown): InfrastructureError {
    try {
        run();
    } catch (error) {
        assert.ok(error instanceof InfrastructureError, String(error));
        return error;
    }
    return assert.fail("no error");
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
