import { type ChangesetName, keyOf } from "../../changesets";
import type { EditedChangeset } from "../sources";

/**
 * The names that more than one changeset has, according to Liquibase's validation, and those that differ in case only:
 * Liquibase compares them with its history without case, so it takes the second one for an edit of the first.
 */
export function duplicateNames(
    messages: readonly string[],
    known: ChangesetName[] = [],
    edited: EditedChangeset[] = [],
): Set<string> {
    const [, reported = ""] = messages.join("\n").split(/changesets? had duplicate identifiers/);
    const lines = reported.split("\n").map((line) => line.trim());
    const spellings = new Map<string, Set<string>>();
    for (const name of known) {
        const loose = looseName(name);
        spellings.set(loose, (spellings.get(loose) ?? new Set()).add(keyOf(name)));
    }
    const names = [...known, ...edited].filter(
        (name) => lines.includes(keyOf(name)) || (spellings.get(looseName(name))?.size ?? 0) > 1,
    );
    return new Set(names.map(looseName));
}

export function looseName(name: ChangesetName): string {
    return keyOf(name).toLowerCase();
}
