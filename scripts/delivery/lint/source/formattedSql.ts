import { emptyRollbackReason, reasonInRemarks, Remark, SourceChangeset } from "./changeset";

// The patterns are those of Liquibase's own reader of formatted SQL.
const header = /^\s*--\s*liquibase\s*formatted/i;
const changesetLine = /^\s*--\s*changeset\s+("[^"]+"|[^:]+):\s*("[^"]+"|\S+).*$/i;
const commentLine = /^--\s*comment:? (.*)$/i;
const rollbackLine = /^\s*--\s*rollback (.*)$/i;
const rollbackBlock = /^\s*\/\*\s*liquibase\s*rollback\s*$/i;
const blockEnd = /^(.*?)\s*\*\/\s*$/;
const ignoreLines = /^--\s*ignoreLines:(\w+)$/i;
const directive = /^\s*--\s*(?:preconditions?\b|precondition-|property\s|validCheckSum\b)/i;
const validCheckSum = /^--\s*validCheckSum:? /i;
const remarkLine = /^\s*--\s*((?:lint-waive|squawk-ignore)\b.*)$/i;

export function isFormattedSql(text: string): boolean {
    return header.test(text.split(/\r?\n/).find((line) => line.trim() !== "") ?? "");
}

/** A changeset while its lines are read. */
interface Draft {
    headline: string;
    line: number;
    body: string[];
    firstBodyLine?: number;
    rollback: string[];
    remarks: Remark[];
    validCheckSum: boolean;
}

/** Reads a changelog in formatted SQL; `path` is its path in the migrations directory. */
export function readFormattedSql(path: string, text: string): SourceChangeset[] {
    const lines = text.split(/\r\n|\r|\n/);
    const logicalFilePath = attribute(lines.find((line) => header.test(line)) ?? "", "logicalFilePath");
    return drafts(lines).map((draft) => finish(draft, path, logicalFilePath));
}

function drafts(lines: string[]): Draft[] {
    const found: Draft[] = [];
    for (let index = 0; index < lines.length; index++) {
        const line = lines[index] ?? "";
        const current = found.at(-1);
        const [, ignored] = ignoreLines.exec(line) ?? [];
        if (ignored !== undefined) {
            index = endOfIgnored(lines, index, ignored);
        } else if (changesetLine.test(line)) {
            found.push(newDraft(line, index + 1));
        } else if (current && rollbackBlock.test(line)) {
            index = readRollbackBlock(lines, index, current);
        } else if (current) {
            readLine(line, index + 1, current);
        }
    }
    return found;
}

function newDraft(headline: string, line: number): Draft {
    return { headline, line, body: [], rollback: [], remarks: [], validCheckSum: false };
}

function endOfIgnored(lines: string[], index: number, what: string): number {
    if (what !== "start") {
        return index + (Number(what) || 0);
    }
    const end = lines.findIndex((line, at) => at > index && ignoreLines.exec(line)?.[1] === "end");
    return end === -1 ? lines.length : end;
}

function readRollbackBlock(lines: string[], index: number, draft: Draft): number {
    for (let at = index + 1; at < lines.length; at++) {
        const [, last] = blockEnd.exec(lines[at] ?? "") ?? [];
        draft.rollback.push(last ?? lines[at] ?? "");
        if (last !== undefined) {
            return at;
        }
    }
    return lines.length;
}

function readLine(line: string, number: number, draft: Draft): void {
    const remark = (commentLine.exec(line) ?? remarkLine.exec(line))?.[1];
    const [, rollback] = rollbackLine.exec(line) ?? [];
    if (remark !== undefined) {
        draft.remarks.push({ text: remark, line: number });
    }
    if (rollback !== undefined) {
        draft.rollback.push(rollback);
    } else if (validCheckSum.test(line)) {
        draft.validCheckSum = true;
    } else if (!commentLine.test(line) && !directive.test(line)) {
        draft.firstBodyLine ??= number;
        // Keeps the lines of the body where they are, whatever was taken out between them.
        while (draft.body.length < number - draft.firstBodyLine) {
            draft.body.push("");
        }
        draft.body.push(line);
    }
}

function finish(draft: Draft, path: string, logicalFilePath: string | undefined): SourceChangeset {
    const { headline } = draft;
    const [, author = "", id = ""] = changesetLine.exec(headline) ?? [];
    const flag = (name: string, fallback: boolean) => {
        const value = attribute(headline, name)?.toLowerCase();
        return value === undefined ? fallback : value === "true";
    };
    return {
        id: unquote(id),
        author: unquote(author),
        file: attribute(headline, "logicalFilePath") ?? logicalFilePath ?? path,
        path,
        line: draft.line,
        runOnChange: flag("runOnChange", false),
        runAlways: flag("runAlways", false),
        runInTransaction: flag("runInTransaction", true),
        validCheckSum: draft.validCheckSum,
        rollback: rollbackOf(draft),
        sql: [
            {
                text: draft.body.join("\n"),
                line: draft.firstBodyLine ?? draft.line,
                splitStatements: flag("splitStatements", true),
                endDelimiter: attribute(headline, "endDelimiter"),
            },
        ],
        onlySql: true,
        remarks: draft.remarks,
    };
}

function rollbackOf({ rollback, remarks }: Draft): SourceChangeset["rollback"] {
    const text = rollback.join("\n").trim();
    if (text === "") {
        return { kind: "absent" };
    }
    return /^(not required|empty)/i.test(text)
        ? { kind: "empty", reason: emptyRollbackReason(text) ?? reasonInRemarks(remarks) }
        : { kind: "written" };
}

/** An attribute of the line that begins a changeset; `endDelimiter` is not a part of `rollbackEndDelimiter`. */
function attribute(line: string, name: string): string | undefined {
    const [, value] = new RegExp(`(?<![a-z])${name}:("[^"]*"|\\S*)`, "i").exec(line) ?? [];
    return value === undefined || value === "" ? undefined : unquote(value);
}

function unquote(text: string): string {
    return text.replace(/^"(.*)"$/s, "$1").trim();
}
