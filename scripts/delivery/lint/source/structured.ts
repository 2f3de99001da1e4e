import { reasonInRemarks, Remark, SourceChangeset, SourceEntry, SourceSql } from "./changeset";
import { child, flag, Node, text } from "./node";

/** What a changeset holds beside its changes. */
const notChanges = new Set(
    (
        "id author context contextFilter labels dbms runOnChange runAlways runInTransaction failOnError ignore created " +
        "logicalFilePath objectQuotingStrategy onValidationFail runWith runWithSpoolFile runOrder comment preConditions " +
        "preconditions validCheckSum rollback modifySql tagDatabase property"
    ).split(" "),
);
const writtenSql = new Set(["sql", "sqlFile"]);

/** Reads what a file of SQL that a change names holds; undefined when there is none. */
export type ReadFile = (file: string, relative: boolean) => string | undefined;

/** Reads a changelog in XML, YAML or JSON from its nodes. */
export function readStructured(path: string, root: Node, readFile: ReadFile): SourceEntry[] {
    const logicalFilePath = text(root, "logicalFilePath");
    return root.children.flatMap((node): SourceEntry[] => {
        switch (node.name) {
            case "changeSet":
                return [{ kind: "changeset", changeset: changesetOf(node, path, logicalFilePath, readFile) }];
            case "include":
                return includeOf(node);
            case "includeAll":
                return includeAllOf(node);
            default:
                return [];
        }
    });
}

function includeOf(node: Node): SourceEntry[] {
    const file = text(node, "file");
    const relative = flag(node, "relativeToChangelogFile", false);
    return file === undefined
        ? []
        : [{ kind: "include", file, relative, logicalFilePath: text(node, "logicalFilePath") }];
}

function includeAllOf(node: Node): SourceEntry[] {
    const path = text(node, "path");
    if (path === undefined) {
        return [];
    }
    const options = {
        minDepth: Number(text(node, "minDepth") ?? 0),
        maxDepth: Number(text(node, "maxDepth") ?? Infinity),
        endsWith: text(node, "endsWithFilter") ?? "",
        logicalFilePath: text(node, "logicalFilePath"),
        javaClass: text(node, "filter", "resourceFilter", "resourceComparator"),
    };
    return [{ kind: "includeAll", path, relative: flag(node, "relativeToChangelogFile", false), options }];
}

function changesetOf(
    node: Node,
    path: string,
    logicalFilePath: string | undefined,
    readFile: ReadFile,
): SourceChangeset {
    const changes = changesOf(node);
    const remarks = remarksOf(node);
    return {
        id: text(node, "id") ?? "",
        author: text(node, "author") ?? "",
        file: text(node, "logicalFilePath") ?? logicalFilePath ?? path,
        path,
        line: node.line,
        runOnChange: flag(node, "runOnChange", false),
        runAlways: flag(node, "runAlways", false),
        runInTransaction: flag(node, "runInTransaction", true),
        validCheckSum: child(node, "validCheckSum") !== undefined,
        runOrder: text(node, "runOrder"),
        rollback: rollbackOf(node, remarks),
        sql: changes.filter(({ name }) => writtenSql.has(name)).flatMap((change) => sqlOf(change, readFile)),
        onlySql: changes.length > 0 && changes.every(({ name }) => writtenSql.has(name)),
        remarks,
    };
}

/** YAML and JSON keep the changes below `changes`, XML beside everything else. */
function changesOf(node: Node): Node[] {
    return node.children.flatMap((item) =>
        item.name === "changes" ? item.children : notChanges.has(item.name) ? [] : [item],
    );
}

function remarksOf(node: Node): Remark[] {
    return node.children
        .filter(({ name }) => name === "comment")
        .flatMap(({ value = "", valueLine, line }) =>
            value.split("\n").map((remark, index) => ({ text: remark.trim(), line: (valueLine ?? line) + index })),
        )
        .map(({ text: remark, line }) => ({ text: remark.replace(/^--\s*/, ""), line }));
}

function rollbackOf(node: Node, remarks: Remark[]): SourceChangeset["rollback"] {
    const rollbacks = node.children.filter(({ name }) => name === "rollback");
    if (rollbacks.length === 0) {
        return { kind: "absent" };
    }
    return rollbacks.some(({ children, value = "" }) => children.length > 0 || value.trim() !== "")
        ? { kind: "written" }
        : { kind: "empty", reason: reasonInRemarks(remarks) };
}

function sqlOf(change: Node, readFile: ReadFile): SourceSql[] {
    const inner = child(change, "sql");
    const file = change.name === "sqlFile" ? text(change, "path") : undefined;
    const source =
        file === undefined
            ? (inner?.value ?? change.value)
            : readFile(file, flag(change, "relativeToChangelogFile", false));
    const common = {
        splitStatements: flag(change, "splitStatements", true),
        endDelimiter: text(change, "endDelimiter"),
    };
    if (source === undefined) {
        return [];
    }
    // A line in another file would mislead: findings name the changelog.
    const line = file === undefined ? (inner?.valueLine ?? change.valueLine ?? change.line) : change.line;
    return [{ text: source, line, ...common }];
}
