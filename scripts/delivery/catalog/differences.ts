import { type Entry, type Fingerprint, keyOf } from "./fingerprint";

/** One way in which two catalogs differ. */
export interface Difference {
    change: "added" | "removed" | "changed";
    kind: string;
    name: string;
    /** Absent for what was added. */
    before?: string;
    /** Absent for what was removed. */
    after?: string;
    /** Kind and name of the object that it belongs to. */
    of?: string;
}

type Entries = Pick<Fingerprint, "entries">;

/** The kind of entry that lists a table's columns in their order. */
export const columnOrder = "column order";

const signs = { added: "+", removed: "-", changed: "~" } as const;

/** What differs, sorted by kind and name; empty if and only if the digests are equal. */
export function differences(before: Entries, after: Entries): Difference[] {
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
    return found.filter((difference) => !isImplied(difference, found)).sort(byKindAndName);
}

/**
 * Differences as lines to read. What came or went together with the object it belongs to is counted on that object's
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

/** True if all that differs is the order of columns that both sides have. */
export function onlyColumnOrder(found: Difference[]): boolean {
    return found.length > 0 && found.every(({ kind }) => kind === columnOrder);
}

function byKey({ entries }: Entries): Map<string, Entry> {
    return new Map(entries.map((entry) => [keyOf(entry), entry]));
}

function identity({ kind, name, of }: Entry): Pick<Difference, "kind" | "name" | "of"> {
    return of === undefined ? { kind, name } : { kind, name, of };
}

// A column that came or went changes the list of columns too; saying so twice helps nobody. What is left is a real
// move: the columns that both sides have are in another order.
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

// One name a line: a quoted name may hold a comma, and even a line break, which only makes two halves of it.
function split(order: string | undefined): string[] {
    return (order ?? "").split("\n");
}

function sameOrder(before: string[], after: string[]): boolean {
    const [inBefore, inAfter] = [new Set(before), new Set(after)];
    const common = after.filter((name) => inBefore.has(name));
    return before.filter((name) => inAfter.has(name)).every((name, position) => name === common[position]);
}

// The outermost object that came or went in the same way.
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
    // One line, whatever the name holds.
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
        // A table's column order says nothing that the count of its columns does not.
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

/** Of two long definitions only the lines between their common beginning and their common end. */
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
