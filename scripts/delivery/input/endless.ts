import * as path from "node:path";
import { InputError } from "../errors";
import { readChangelog } from "../lint/source/changelog";
import type { Migrations } from "./migrations";

/**
 * Refuses a changelog that includes itself, or that a few lines make endless, before Liquibase reads it: that ends in a
 * stack overflow at best, and in no time at worst.
 */
export function refuseEndless({ directory, changelogFile, parameters }: Migrations): void {
    const { refused } = readChangelog(directory, changelogFile, parameters, { structureOnly: true });
    if (refused.length > 0) {
        throw new InputError(
            [
                `${path.join(directory, changelogFile)} cannot be read to its end:`,
                ...refused.map(({ file, reason }) => `  - ${file}: ${reason}`),
            ].join("\n"),
        );
    }
}
