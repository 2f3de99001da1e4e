import { type Entry, type Fingerprint, fingerprintOf, keyOf } from "./fingerprint";

/** One way in which two catalogs differ. */
export interface Difference {
    change: "added" | "removed" | "changed";
    kind: string;
    name: string;
    /** Absent for what was added. */
    before?: string;
    /** Absent for what was removed. */
    after?: string;
    /** Kind and name of the object that it is part of. */
    of?: string;
}

type Entries = Pick<Fingerprint, "entries">;

/** The kind of entry that lists a table's columns in order. */
export const columnOrder = "column order";

const signs = { added: "+", removed: "-", changed: "~" } as const;

/** The differences, sorted by kind and name; empty if and only if the digests are equal. */
export function differences(before: Entries, after: Entries): Difference[] {
    const found = everyDifference(before, after);
    return found.filter((difference) => !isImplied(difference, found)).sort(byKindAndName);
}

/** Also those that follow from others. */
export function everyDifference(before: Entries, after: Entries): Difference[] {
    const [old, current] = [byKey(before), byKey(after)];
    const found: Difference[] = [];
    for (const [key, entry] of old) {
        const twin = current.get(key);
        if (twin === undefined) {
            found.push({ change: "removed", ...identity(entry), before: entry.definition });
        } else if (twin.definition !== entry.definition) {
            found.push({ change: "changed", ...identity(twin), before: entry.definition, after: twin.definition });
        }
    }
    for (const [key, entry] of current) {
        if (!old.has(key)) {
            found.push({ change: "added", ...identity(entry), after: entry.definition });
        }
    }
    return found;
}

/** The catalog with these differences: what is added to an object that it does not have is left out. */
export function withDifferences(catalog: Fingerprint, found: Difference[]): Fingerprint {
    const entries = new Map(catalog.entries.map((entry) => [keyOf(entry), entry]));
    for (const { change, kind, name, of, after = "" } of found) {
        if (change === "removed") {
            entries.delete(keyOf({ kind, name, definition: "" }));
        } else {
            entries.set(keyOf({ kind, name, definition: after }), {
                kind,
                name,
                definition: after,
                ...(of !== undefined && { of }),
            });
        }
    }
    const objects = new Set([...entries.values()].map(({ kind, name }) => `${kind} ${name}`));
    const added = new Set(
        found.filter(({ change }) => change === "added").map((one) => keyOf({ ...one, definition: "" })),
    );
    const kept = [...entries].filter(([key, { of }]) => of === undefined || !added.has(key) || objects.has(of));
    return {
        ...fingerprintOf(
            kept.map(([, entry]) => entry),
            catalog.server,
        ),
        format: catalog.format,
    };
}

/**
 * Differences as readable lines. What was added or removed together with its parent object is counted on the parent's
 * line: a table that was left behind is one line, not one for each of its columns.
 */
export function renderDifferences(found: Difference[]): string[] {
    const byKey = new Map(found.map((difference) => [keyOfDifference(difference), difference]));
    const folded = new Map<Difference, Difference[]>();
    for (const difference of found) {
        const root = rootOf(difference, byKey);
        const under = folded.get(root) ?? [];
        folded.set(root, root === difference ? under : [...under, difference]);
    }
    return found
        .filter((difference) => folded.has(difference))
        .flatMap((difference) => render(difference, folded.get(difference) ?? []));
}

/** True if the only difference is the order of columns that both sides have. */
export function onlyColumnOrder(found: Difference[]): boolean {
    return found.length > 0 && found.every(({ kind }) => kind === columnOrder);
}

function byKey({ entries }: Entries): Map<string, Entry> {
    return new Map(entries.map((entry) => [keyOf(entry), entry]));
}

function identity({ kind, name, of }: Entry): Pick<Difference, "kind" | "name" | "of"> {
    return of === undefined ? { kind, name } : { kind, name, of };
}

// An added or removed column changes the list of columns too; reporting that as well adds nothing. What remains is a
// real move: the columns that both sides have are in another order.
function isImplied(difference: Difference, all: Difference[]): boolean {
    if (difference.kind !== columnOrder || difference.change !== "changed") {
        return false;
    }
    const columns = all.filter(
        ({ kind, of, change }) => kind === "column" && of === difference.of && change !== "changed",
    );
    const [before, after] = [split(difference.before), split(difference.after)];
    return columns.length > 0 && sameOrder(before, after);
}

// One name a line: a quoted name may contain a comma, or even a line break, which merely splits it in two.
function split(order: string | undefined): string[] {
    return (order ?? "").split("\n");
}

function sameOrder(before: string[], after: string[]): boolean {
    const [inBefore, inAfter] = [new Set(before), new Set(after)];
    const common = after.filter((name) => inBefore.has(name));
    return before.filter((name) => inAfter.has(name)).every((name, position) => name === common[position]);
}

// The outermost object that was added or removed in the same way.
function rootOf(difference: Difference, byKey: Map<string, Difference>): Difference {
    let root = difference;
    for (const seen = new Set([root]); root.change !== "changed" && root.of !== undefined; seen.add(root)) {
        const owner = byKey.get(`${root.change}\0${root.of}`);
        if (owner === undefined || seen.has(owner)) {
            break;
        }
        root = owner;
    }
    return root;
}

function render(difference: Difference, folded: Difference[]): string[] {
    // One line, whatever characters the name contains.
    const title = `${signs[difference.change]} ${difference.kind} ${difference.name.replaceAll("\n", "\\n")}`;
    if (difference.change === "changed") {
        return [title, ...changedLines(difference.before ?? "", difference.after ?? "")];
    }
    const definition = difference.after ?? difference.before ?? "";
    const [first = "", ...more] = definition.split("\n");
    const shown = difference.kind === columnOrder ? first : more.length > 0 ? `${first} …` : first;
    return [`${title}${shown === "" ? "" : `: ${shown}`}${counted(folded)}`];
}

/** " (with 3 columns, 1 constraint)". */
function counted(folded: Difference[]): string {
    const counts = new Map<string, number>();
    for (const { kind } of folded) {
        // A table's column order adds nothing to the count of its columns.
        if (kind !== columnOrder) {
            counts.set(kind, (counts.get(kind) ?? 0) + 1);
        }
    }
    const parts = [...counts].map(([kind, count]) => `${count} ${count === 1 ? kind : plural(kind)}`);
    return parts.length === 0 ? "" : ` (with ${parts.join(", ")})`;
}

function plural(kind: string): string {
    return kind.endsWith("x") ? `${kind}es` : kind.endsWith("y") ? `${kind.slice(0, -1)}ies` : `${kind}s`;
}

/** For two long definitions, only the lines between their common start and their common end. */
function changedLines(before: string, after: string): string[] {
    const [old, current] = [before.split("\n"), after.split("\n")];
    let start = 0;
    while (start < old.length && start < current.length && old[start] === current[start]) {
        start++;
    }
    let end = 0;
    while (
        end < old.length - start &&
        end < current.length - start &&
        old[old.length - 1 - end] === current[current.length - 1 - end]
    ) {
        end++;
    }
    return [
        ...old.slice(start, old.length - end).map((line) => `    was: ${line || "(nothing)"}`),
        ...current.slice(start, current.length - end).map((line) => `    now: ${line || "(nothing)"}`),
    ];
}

function keyOfDifference(difference: Difference): string {
    return `${difference.change}\0${difference.kind} ${difference.name}`;
}

function byKindAndName(a: Difference, b: Difference): number {
    const [left, right] = [`${a.kind}\0${a.name}`, `${b.kind}\0${b.name}`];
    return left < right ? -1 : left > right ? 1 : 0;
}
