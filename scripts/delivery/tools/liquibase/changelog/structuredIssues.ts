import type { SourceIssue } from "../../sources";
import { type Node, text } from "./node";
import { databaseIssues, noChangeset } from "./sourceIssues";
import { changeKeys, changesetKeys, constraintKeys, entryKeys, rootKeys, type Words } from "./vocabulary";

/** What Liquibase ignores in a changelog in XML, YAML or JSON, outside of its changesets. */
export function structuredIssues(root: Node, isRootFile: boolean): SourceIssue[] {
    const isEmpty = root.children.every(({ name }) => name !== "changeSet" && entryKeys[name] === undefined);
    return [
        ...unknownKeys(root, rootKeys),
        ...(isEmpty && !isRootFile ? [noChangeset()] : []),
        ...root.children.flatMap((node) => {
            const words = entryKeys[node.name];
            return words === undefined ? [] : unknownKeys(node, words);
        }),
    ];
}

/** Names of the parameters in its `property` entries. */
export function declaredParameters(root: Node): string[] {
    return root.children.flatMap((node) => (node.name === "property" ? (text(node, "name") ?? []) : []));
}

/** What Liquibase ignores in a changeset with these changes. */
export function changesetIssues(node: Node, changes: Node[]): SourceIssue[] {
    return [
        ...unknownKeys(node, changesetKeys, (name) => changeKeys.has(name)),
        ...databaseIssues(text(node, "dbms") ?? "", node.line),
        ...changes
            // The keys of an extension's change are unknown.
            .filter(({ name }) => changeKeys.has(name))
            .flatMap((change) => changeIssues(change)),
    ];
}

/** Whose text may be anything: parameters of classes, which their authors name. */
const free = new Set(["customChange", "customPrecondition", "param"]);

function changeIssues(node: Node): SourceIssue[] {
    if (free.has(node.name)) {
        return [];
    }
    const words = node.name === "constraints" ? constraintKeys : changeKeys;
    return [
        ...unknownKeys(node, words),
        ...(node.name === "sql" || node.name === "sqlFile" ? databaseIssues(text(node, "dbms") ?? "", node.line) : []),
        ...node.children.flatMap(changeIssues),
    ];
}

/** Liquibase refuses a key that it does not know only where the key has keys of its own. */
function unknownKeys({ children }: Node, words: Words, isElse: (name: string) => boolean = () => false): SourceIssue[] {
    return children
        .filter(
            ({ name, children: inner }) =>
                inner.length === 0 && /^\w+$/.test(name) && !words.has(name) && !isElse(name),
        )
        .map(({ name, line }): SourceIssue => {
            const nearest = words.nearest(name);
            return nearest === undefined
                ? { rule: "unknown-attribute", line, what: `Liquibase knows no \`${name}\` here.` }
                : {
                      rule: "misspelled-word",
                      line,
                      what: `Liquibase ignores \`${name}\`. Did you mean \`${nearest}\`?`,
                  };
        });
}
