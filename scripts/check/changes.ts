import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { keyOf } from "../delivery/changesets";
import type { SourceChangeset, Sources } from "../delivery/tools/sources";

/** What a push or a pull request does to a changeset, compared with the branch that it goes to. */
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

function digestOf(changeset: SourceChangeset): string {
    return createHash("sha256")
        .update(JSON.stringify([changeset.change, changeset.written]))
        .digest("hex");
}

/** The changesets of a directory, compared with what they load. */
export function changesetsOf(directory: string, sources: Sources): SourceChangeset[] {
    return sources.changesets.map((changeset) => {
        const loaded = (changeset.files ?? []).map((file) => hashOf(directory, file));
        return { ...changeset, change: JSON.stringify([changeset.change, ...loaded]) };
    });
}

/** Of a file that a change runs or loads: an edit of it is an edit of the change. */
function hashOf(directory: string, file: string): string {
    const inside = file !== ".." && !file.startsWith("../");
    const path = join(directory, file);
    return inside && statSync(path, { throwIfNoEntry: false })?.isFile()
        ? createHash("sha256").update(readFileSync(path)).digest("hex")
        : "";
}
