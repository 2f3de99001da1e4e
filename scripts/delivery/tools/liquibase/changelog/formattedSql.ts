import type { Remark, SourceIssue } from "../../sources";
import type { WrittenChangeset } from "./changeset";
import { emptyRollbackReason, reasonInRemarks } from "./changeset";
import { headlineIssues, misspelledDirective, outsideIssues, placeholdersIn, preconditionIssues } from "./sourceIssues";
import { withoutLayout } from "./written";

// The patterns are those of Liquibase's own parser for formatted SQL.
const header = /^\s*--\s*liquibase\s*formatted/i;
const changesetLine = /^\s*--\s*changeset\s+("[^"]+"|[^:]+):\s*("[^"]+"|\S+).*$/i;
const commentLine = /^--\s*comment:? (.*)$/i;
const rollbackLine = /^\s*--\s*rollback (.*)$/i;
const rollbackBlock = /^\s*\/\*\s*liquibase\s*rollback\s*$/i;
const blockEnd = /^(.*?)\s*\*\/\s*$/;
const ignoreLines = /^--\s*ignoreLines:(\w+)$/i;
const directive = /^\s*--\s*(?:preconditions?\b|precondition-|property\s|validCheckSum\b)/i;
const validCheckSum = /^--\s*validCheckSum:? /i;
const comment = /^\s*--/;
/** To a linter: `lint-waive`, or what an external one calls it. */
const remarkLine = /^\s*--\s*(\w+-(?:waive|ignore)\b.*)$/i;

export function isFormattedSql(text: string): boolean {
    return header.test(text.split(/\r?\n/).find((line) => line.trim() !== "") ?? "");
}

/** A changeset while its lines are read. */
interface Draft {
    headline: string;
    line: number;
    /** All its lines but those that Liquibase is told to ignore, from the headline on. */
    lines: string[];
    body: string[];
    firstBodyLine?: number;
    rollback: string[];
    remarks: Remark[];
    placeholders: Remark[];
    issues: SourceIssue[];
    validCheckSum: boolean;
}

export interface FormattedSql {
    changesets: WrittenChangeset[];
    /** Outside of the changesets. */
    issues: SourceIssue[];
    /** Names of the parameters that it declares. */
    parameters: string[];
}

const property = /^\s*--\s*property\s.*\bname:\s*(\S+)/i;

/** Reads a changelog in formatted SQL; `path` is relative to the migrations directory. */
export function readFormattedSql(path: string, text: string): FormattedSql {
    const lines = text.split(/\r\n|\r|\n/);
    const logicalFilePath = attribute(lines.find((line) => header.test(line)) ?? "", "logicalFilePath");
    const { found, outside } = drafts(lines);
    return {
        changesets: found.map((draft) => finish(draft, path, logicalFilePath)),
        issues: outsideIssues(outside, found.length > 0),
        parameters: /--\s*property\s/i.test(text) ? lines.flatMap((line) => property.exec(line)?.[1] ?? []) : [],
    };
}

/** The changesets, and the lines before the first one. */
function drafts(lines: string[]): { found: Draft[]; outside: string[] } {
    const found: Draft[] = [];
    const outside: string[] = [];
    for (let index = 0; index < lines.length; index++) {
        const line = lines[index] ?? "";
        const current = found.at(-1);
        const start = index;
        const [, ignored] = ignoreLines.exec(line) ?? [];
        if (ignored !== undefined) {
            index = endOfIgnored(lines, index, ignored);
        } else if (changesetLine.test(line)) {
            found.push(newDraft(line, index + 1));
        } else if (current && rollbackBlock.test(line)) {
            index = readRollbackBlock(lines, index, current);
        } else if (current) {
            readLine(line, index + 1, current);
        } else {
            outside[index] = line;
        }
        for (let at = start; at <= index && ignored === undefined; at++) {
            found.at(-1)?.lines.push(lines[at] ?? "");
        }
    }
    // What Liquibase was told to ignore is blank.
    return { found, outside: Array.from(outside, (line = "") => line) };
}

function newDraft(headline: string, line: number): Draft {
    return {
        ...{ headline, line, lines: [], body: [], rollback: [], remarks: [], validCheckSum: false },
        placeholders: placeholdersIn(headline, line),
        issues: headlineIssues(headline, line),
    };
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
    if (line.includes("${")) {
        draft.placeholders.push(...placeholdersIn(line, number));
    }
    if (comment.test(line)) {
        const misspelled = misspelledDirective(line, number);
        draft.issues.push(...(misspelled ? [misspelled] : preconditionIssues(line, number)));
    }
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
        // Keeps the body's line numbers, whatever was removed in between.
        while (draft.body.length < number - draft.firstBodyLine) {
            draft.body.push("");
        }
        draft.body.push(line);
    }
}

function finish(draft: Draft, path: string, logicalFilePath: string | undefined): WrittenChangeset {
    const { headline } = draft;
    const [, author = "", id = ""] = changesetLine.exec(headline) ?? [];
    const flag = (name: string, fallback: boolean) => {
        const value = attribute(headline, name)?.toLowerCase();
        return value === undefined ? fallback : value === "true";
    };
    const endDelimiter = attribute(headline, "endDelimiter");
    return {
        id: unquote(id),
        author: unquote(author),
        file: attribute(headline, "logicalFilePath") ?? logicalFilePath ?? path,
        path,
        line: draft.line,
        repeatable: flag("runOnChange", false) || flag("runAlways", false),
        runInTransaction: flag("runInTransaction", true),
        mayBeEdited: draft.validCheckSum,
        rollback: rollbackOf(draft),
        sql: [
            {
                text: draft.body.join("\n"),
                line: draft.firstBodyLine ?? draft.line,
                splitStatements: flag("splitStatements", true),
                endDelimiter,
            },
        ],
        // The attributes by which it is split are the change's too.
        change: JSON.stringify([withoutLayout(draft.body.join("\n")), flag("splitStatements", true), endDelimiter]),
        written: withoutLayout(draft.lines.join("\n")),
        onlySql: true,
        remarks: draft.remarks,
        ...(draft.placeholders.length > 0 && { placeholders: draft.placeholders }),
        ...(draft.issues.length > 0 && { issues: draft.issues }),
    };
}

function rollbackOf({ rollback, remarks }: Draft): WrittenChangeset["rollback"] {
    const text = rollback.join("\n").trim();
    if (text === "") {
        return { kind: "absent" };
    }
    return /^(not required|empty)/i.test(text)
        ? { kind: "empty", reason: emptyRollbackReason(text) ?? reasonInRemarks(remarks) }
        : { kind: "written" };
}

/** An attribute in a changeset's header line; `endDelimiter` must not match within `rollbackEndDelimiter`. */
function attribute(line: string, name: string): string | undefined {
    const [, value] = new RegExp(`(?<![a-z])${name}:("[^"]*"|\\S*)`, "i").exec(line) ?? [];
    return value === undefined || value === "" ? undefined : unquote(value);
}

function unquote(text: string): string {
    return text.replace(/^"(.*)"$/s, "$1").trim();
}
