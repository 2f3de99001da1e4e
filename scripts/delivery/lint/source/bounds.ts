/** Something in a changelog that has no end, or that only an attack needs: nobody, Liquibase least of all, should read on. */
export class BoundsError extends Error {}

/** Files that one changelog may include, each as often as it is included. */
export const mostIncludes = 50_000;
/** Levels of maps, lists or elements in one file. */
export const mostLevels = 200;
/** What aliases may make of a file: nodes beyond those that are written. */
export const mostAliasedNodes = 1_000_000;

export function tooDeep(): BoundsError {
    return new BoundsError(`it is nested deeper than ${mostLevels} levels`);
}

/** A parser that runs out of stack says that the file is nested too deeply. */
export function withinStack<T>(parse: () => T): T {
    try {
        return parse();
    } catch (error) {
        throw error instanceof RangeError ? tooDeep() : error;
    }
}
