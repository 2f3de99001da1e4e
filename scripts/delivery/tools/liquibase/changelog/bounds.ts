import { InternalError } from "../../../errors";

/**
 * A changelog that never ends, or has a structure that only an attack needs: nothing, least of all Liquibase, should
 * read on.
 */
export class BoundsError extends InternalError {}

/** Maximum number of files that one changelog includes, repeats counted. */
export const mostIncludes = 50_000;
/** Maximum nesting of maps, lists or elements in one file. */
export const mostLevels = 200;
/** Maximum number of additional nodes that a file's aliases may expand to. */
export const mostAliasedNodes = 1_000_000;

export function tooDeep(): BoundsError {
    return new BoundsError(`it is nested deeper than ${mostLevels} levels`);
}

/** Reports a parser's stack overflow as excessive nesting. */
export function withinStack<T>(parse: () => T): T {
    try {
        return parse();
    } catch (error) {
        throw error instanceof RangeError ? tooDeep() : error;
    }
}
