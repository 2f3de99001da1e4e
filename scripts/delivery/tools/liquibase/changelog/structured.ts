import type { Remark } from "../../sources";
import type { ChangeSql, WrittenChangeset } from "./changeset";
import { reasonInRemarks, type SourceEntry } from "./changeset";
import { child, flag, Node, remarkName, text } from "./node";
import { placeholdersIn } from "./sourceIssues";
import { changesetIssues } from "./structuredIssues";
import { contentOf, filesNamed } from "./written";

/** The fields of a changeset other than its changes. */
const notChanges = new Set(
    (
        "id author context contextFilter labels dbms runOnChange runAlways runInTransaction failOnError ignore created " +
        "logicalFilePath objectQuotingStrategy onValidationFail runWith runWithSpoolFile runOrder comment preConditions " +
        "preconditions validCheckSum rollback modifySql tagDatabase property #comment"
    ).split(" "),
);
const writtenSql = new Set(["sql", "sqlFile"]);

/** The files that changes refer to. */
export interface Files {
    /** Path in the migrations directory. */
    locate(file: string, relative: boolean): string;
    /** The SQL in it; undefined if there is none. */
    read(file: string, relative: boolean): string | undefined;
}

/** Reads a changelog in XML, YAML or JSON from its nodes. */
export function readStructured(path: string, root: Node, files: Files): SourceEntry[] {
    const logicalFilePath = text(root, "logicalFilePath");
    return root.children.flatMap((node): SourceEntry[] => {
        switch (node.name) {
            case "changeSet":
                return [{ kind: "changeset", changeset: changesetOf(node, path, logicalFilePath, files) }];
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
    const mayBeMissing = !flag(node, "errorIfMissing", true);
    return file === undefined
        ? []
        : [{ kind: "include", file, relative, mayBeMissing, logicalFilePath: text(node, "logicalFilePath") }];
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
        mayBeMissing: !flag(node, "errorIfMissingOrEmpty", true),
        logicalFilePath: text(node, "logicalFilePath"),
        javaClass: text(node, "filter", "resourceFilter", "resourceComparator"),
    };
    const relative = flag(node, "relativeToChangelogFile", false);
    return [{ kind: "includeAll", path, relative, line: node.line, options }];
}

function changesetOf(node: Node, path: string, logicalFilePath: string | undefined, files: Files): WrittenChangeset {
    const changes = changesOf(node);
    const remarks = remarksOf(node);
    const placeholders = placeholdersOf(node);
    const issues = changesetIssues(node, changes);
    const named = filesNamed(changes).map(({ file, relative }) => files.locate(file, relative));
    return {
        id: text(node, "id") ?? "",
        author: text(node, "author") ?? "",
        file: text(node, "logicalFilePath") ?? logicalFilePath ?? path,
        path,
        line: node.line,
        repeatable: flag(node, "runOnChange", false) || flag(node, "runAlways", false),
        runInTransaction: flag(node, "runInTransaction", true),
        mayBeEdited: child(node, "validCheckSum") !== undefined,
        runOrder: text(node, "runOrder"),
        rollback: rollbackOf(node, remarks),
        sql: changes.filter(({ name }) => writtenSql.has(name)).flatMap((change) => sqlOf(change, files)),
        change: contentOf([...changes, ...node.children.filter(({ name }) => name === "modifySql")]),
        written: contentOf([node]),
        ...(named.length > 0 && { files: named }),
        onlySql: changes.length > 0 && changes.every(({ name }) => writtenSql.has(name)),
        remarks,
        ...(placeholders.length > 0 && { placeholders }),
        ...(issues.length > 0 && { issues }),
    };
}

function placeholdersOf({ name, value, valueLine, line, children }: Node): Remark[] {
    return [
        ...(value === undefined || name === remarkName ? [] : placeholdersIn(value, valueLine ?? line)),
        ...children.flatMap(placeholdersOf),
    ];
}

/** YAML and JSON keep the changes under `changes`, XML beside the other fields. */
function changesOf(node: Node): Node[] {
    return node.children.flatMap((item) =>
        item.name === "changes" ? item.children : notChanges.has(item.name) ? [] : [item],
    );
}

function remarksOf(node: Node): Remark[] {
    return node.children
        .flatMap((inner) => (inner.name === "rollback" ? inner.children : [inner]))
        .filter(({ name }) => name === "comment" || name === remarkName)
        .flatMap(({ value = "", valueLine, line }) =>
            value.split("\n").map((remark, index) => ({ text: remark.trim(), line: (valueLine ?? line) + index })),
        )
        .map(({ text: remark, line }) => ({ text: remark.replace(/^--\s*/, ""), line }));
}

function rollbackOf(node: Node, remarks: Remark[]): WrittenChangeset["rollback"] {
    const rollbacks = node.children.filter(({ name }) => name === "rollback");
    if (rollbacks.length === 0) {
        return { kind: "absent" };
    }
    const texts = rollbacks.flatMap(textsIn);
    return texts.some((part) => part !== undefined && withoutRemarks(part) !== "")
        ? { kind: "written" }
        : { kind: "empty", reason: reasonInRemarks([...remarks, ...remarksIn(texts)]) };
}

/** The text of each part of a rollback; an element that is no SQL counts as text, `empty` does not. */
function textsIn({ name, value = "", children }: Node): string[] {
    const inner = children
        .filter((one) => one.name !== remarkName && one.name !== "empty" && one.name !== "comment")
        .flatMap((one) => (one.name === "sql" ? textsIn(one) : [one.value ?? one.name]));
    return name === "rollback" || name === "sql" ? [value, ...inner] : inner;
}

/** SQL without its comments and what separates statements. */
function withoutRemarks(sql: string): string {
    return sql.replaceAll(/--.*$/gm, "").replaceAll(/[\s;]/g, "");
}

function remarksIn(texts: string[]): Remark[] {
    return texts.flatMap((sql) =>
        sql.split("\n").flatMap((line) => {
            const [, remark] = /^\s*--\s*(.*)$/.exec(line) ?? [];
            return remark === undefined ? [] : [{ text: remark, line: 0 }];
        }),
    );
}

function sqlOf(change: Node, files: Files): ChangeSql[] {
    const inner = child(change, "sql");
    const file = change.name === "sqlFile" ? text(change, "path") : undefined;
    const source =
        file === undefined
            ? (inner?.value ?? change.value)
            : files.read(file, flag(change, "relativeToChangelogFile", false));
    const common = {
        splitStatements: flag(change, "splitStatements", true),
        endDelimiter: text(change, "endDelimiter"),
    };
    if (source === undefined) {
        return [];
    }
    // A line number of another file would mislead: findings name the changelog.
    const line = file === undefined ? (inner?.valueLine ?? change.valueLine ?? change.line) : change.line;
    return [{ text: source, line, ...common }];
}
