import { createHash } from "node:crypto";
import { keyOf } from "../delivery/changesets";
import type { SourceChangeset } from "../delivery/tools/sources";

/** What a pull request does to a changeset, compared with the branch that it would be merged into. */
export type ChangeKind = (typeof changeKinds)[number];
/** `edited around it`: its rollback, attributes or remarks, but not what runs. */
export const changeKinds = ["new", "edited", "edited around it", "runs again", "removed"] as const;

export interface ReviewedChange {
    kind: ChangeKind;
    changeset: SourceChangeset;
    /** Identifies its text: compared with that of the last review. */
    digest: string;
}

/** In the order in which they would run; what is removed comes last. */
export function changesBetween(base: readonly SourceChangeset[], head: readonly SourceChangeset[]): ReviewedChange[] {
    const known = byKey(base);
    const present = byKey(head);
    return [
        ...head.flatMap((changeset) => {
            const kind = kindOf(known.get(keyOf(changeset)), changeset);
            return kind === undefined ? [] : [{ kind, changeset, digest: digestOf(changeset) }];
        }),
        ...base
            .filter((changeset) => !present.has(keyOf(changeset)))
            .map((changeset) => ({ kind: "removed" as const, changeset, digest: digestOf(changeset) })),
    ];
}

function kindOf(before: SourceChangeset | undefined, now: SourceChangeset): ChangeKind | undefined {
    if (before === undefined) {
        return "new";
    }
    if (before.change === now.change) {
        return before.written === now.written ? undefined : "edited around it";
    }
    return now.repeatable || now.mayBeEdited ? "runs again" : "edited";
}

function byKey(changesets: readonly SourceChangeset[]): Map<string, SourceChangeset> {
    return new Map(changesets.map((changeset) => [keyOf(changeset), changeset]));
}

/** The handwritten SQL of a changeset. */
export function textOf({ sql }: SourceChangeset): string {
    return sql.map(({ text }) => text.trim()).join("\n\n");
}

function digestOf(changeset: SourceChangeset): string {
    return createHash("sha256")
        .update(JSON.stringify([changeset.change, changeset.written]))
        .digest("hex");
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
