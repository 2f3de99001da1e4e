/** Identifies a changeset. */
export interface ChangesetName {
    id: string;
    author: string;
    file: string;
}

export function keyOf({ id, author, file }: ChangesetName): string {
    return `${file}::${id}::${author}`;
}

export function nameOf({ id, author, file }: ChangesetName): ChangesetName {
    return { id, author, file };
}

/** Those in the first list that are not in the second. */
export function without<T extends ChangesetName>(changesets: T[], others: ChangesetName[]): T[] {
    const keys = new Set(others.map(keyOf));
    return changesets.filter((changeset) => !keys.has(keyOf(changeset)));
}

/** A number with its noun: `1 change`, `2 changes`. */
export function count(number: number, noun: string): string {
    return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

export function listOf(changesets: ChangesetName[]): string {
    return changesets.map((changeset) => `  - ${keyOf(changeset)}`).join("\n");
}
