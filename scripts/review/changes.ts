import type { ReviewedChange } from "../check/changes";
import { keyOf } from "../delivery/changesets";
import type { SourceChangeset } from "../delivery/tools/sources";

/** The handwritten SQL of a changeset. */
export function textOf({ sql }: SourceChangeset): string {
    return sql.map(({ text }) => text.trim()).join("\n\n");
}

/** The changesets of a review by which the next one tells what a push changed. */
export type Digests = Record<string, string>;

export function digestsOf(changes: readonly ReviewedChange[]): Digests {
    return Object.fromEntries(changes.map(({ changeset, digest }) => [keyOf(changeset), digest]));
}

/** What changed since the last review, a sentence each; undefined for the first one. */
export function sinceLast(changes: readonly ReviewedChange[], last: Digests | undefined): string[] | undefined {
    if (last === undefined) {
        return undefined;
    }
    const now = digestsOf(changes);
    const added = Object.keys(now).filter((key) => !Object.hasOwn(last, key));
    const edited = Object.keys(now).filter((key) => Object.hasOwn(last, key) && last[key] !== now[key]);
    const gone = Object.keys(last).filter((key) => !Object.hasOwn(now, key));
    return [
        ...added.map((key) => `added ${key}`),
        ...edited.map((key) => `changed ${key}`),
        ...gone.map((key) => `took out ${key}`),
    ];
}
