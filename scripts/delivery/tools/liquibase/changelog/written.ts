import { flag, type Node, text } from "./node";

/** Lines without their indentation and without the blank ones, which Liquibase's checksum ignores too. */
export function withoutLayout(written: string): string {
    return written
        .split(/\r\n|\r|\n/)
        .map((line) => line.trim())
        .filter((line) => line !== "")
        .join("\n");
}

/** Parts in which the order of everything counts. */
const ordered = new Set(["changeSet", "changes", "rollback"]);

/** A node as text that is equal for equal content, wherever it is in its file. */
export function contentOf(nodes: readonly Node[]): string {
    return JSON.stringify(nodes.map(content));
}

function content(node: Node): unknown {
    const { name, value, children } = node;
    // Attributes have no order, and YAML and JSON write them as keys.
    const leaves = children.filter((inner) => inner.children.length === 0);
    const sorted = ordered.has(name)
        ? children
        : [
              ...leaves.sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0)),
              ...children.filter((inner) => inner.children.length > 0),
          ];
    return [name, value === undefined ? null : withoutLayout(value), sorted.map(content)];
}

/** The attributes that name a file, by the changes that have them. */
const fileAttributes: Readonly<Record<string, string>> = {
    sqlFile: "path",
    createProcedure: "path",
    createView: "path",
    loadData: "file",
    loadUpdateData: "file",
};

/** The files that changes refer to, each with whether its path is relative to the changelog. */
export function filesNamed(changes: readonly Node[]): { file: string; relative: boolean }[] {
    return changes.flatMap((change) => {
        const attribute = Object.hasOwn(fileAttributes, change.name) ? fileAttributes[change.name] : undefined;
        const file = attribute === undefined ? undefined : text(change, attribute);
        return file === undefined ? [] : [{ file, relative: flag(change, "relativeToChangelogFile", false) }];
    });
}
