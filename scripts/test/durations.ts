import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";

/** Milliseconds that each test file took when it last ran, by its path below the root. */
export type Durations = Record<string, number>;

export function readDurations(file: string): Durations {
    try {
        return JSON.parse(readFileSync(file, "utf8")) as Durations;
    } catch {
        return {};
    }
}

/** Keeps those of files that did not run this time. */
export function writeDurations(file: string, durations: Durations): void {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ ...readDurations(file), ...durations }));
}

/**
 * Files in the order in which they keep several workers busy to the end: the slowest first. Those that never ran come
 * before all others, the largest first.
 */
export function slowestFirst(
    files: readonly string[],
    durations: Durations,
    size: (file: string) => number = (file) => statSync(file).size,
): string[] {
    const known = (file: string) => durations[file] ?? Infinity;
    return [...files].sort((one, other) =>
        known(one) === known(other) ? size(other) - size(one) : known(other) - known(one),
    );
}
