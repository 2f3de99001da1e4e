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

/** Lines that a log shows of a list; the whole list is in an artifact. */
export const mostListed = 50;

/** As many lines as a log shows, and how many more there are: in `file`, if one has all. */
export function shortened(lines: string[], file?: string, most = mostListed): string[] {
    const hidden = lines.length - most;
    const where = file === undefined ? "" : `, in ${file}`;
    return hidden > 0 ? [...lines.slice(0, most), `  … and ${hidden} more${where}`] : lines;
}

/** The names as a list, shortened. */
export function listOf(changesets: ChangesetName[], file?: string): string {
    return shortened(
        changesets.map((changeset) => `  - ${keyOf(changeset)}`),
        file,
    ).join("\n");
}

/** The first names in a sentence, and how many more there are. */
export function someOf(names: string[], most = 5): string {
    const hidden = names.length - most;
    return `${names.slice(0, most).join(", ")}${hidden > 0 ? ` and ${hidden} more` : ""}`;
}
