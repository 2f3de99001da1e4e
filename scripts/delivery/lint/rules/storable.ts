import { type HistoryTable, longestText } from "../../tracking";
import type { Complaint, Subject } from "./complaint";

const shownLength = 40;

/** Whether the tool's history can store the changeset's fields, and the database its SQL. */
export function judgeStorable({ changeset }: Subject, history: HistoryTable, unstorable: RegExp): Complaint[] {
    const { id, author, file, contexts = "", labels = "", tag = "", sql } = changeset;
    const names = Object.entries({ id, author, file, contexts, labels, tag });
    return [
        ...names.flatMap(([what, text]) => judgeLength(what, text, widthOf(what, history))),
        ...names.flatMap(([what, text]) => judgeText(`Its ${what}`, text, unstorable)),
        ...oncePerRule(sql.flatMap((statement) => judgeText("Its SQL", statement, unstorable))),
    ];
}

/** A binary file would have thousands. */
function oncePerRule(complaints: Complaint[]): Complaint[] {
    return complaints.filter(({ rule }, index) => complaints.findIndex((other) => other.rule === rule) === index);
}

/** The most characters of a field; a history without the column takes any number. */
function widthOf(what: string, history: HistoryTable): number {
    const columns: Record<string, string> = history.holds;
    return longestText(history, columns[what] ?? what) || Infinity;
}

function judgeLength(what: string, text: string, width: number): Complaint[] {
    // The database counts characters, not UTF-16 code units.
    const length = text.length <= width ? text.length : [...text].length;
    return length <= width
        ? []
        : [
              {
                  rule: "too-long",
                  what: `Its ${what} ${what.endsWith("s") ? "have" : "has"} ${length} characters; allowed: ${width} (${text.slice(0, shownLength)}…).`,
              },
          ];
}

const replacement = /\ufffd/;

function judgeText(what: string, text: string, unstorable: RegExp): Complaint[] {
    return [
        ...judgeCharacter("unstorable-text", unstorable, what, text),
        ...judgeCharacter("undecodable-text", replacement, what, text),
    ];
}

function judgeCharacter(rule: Complaint["rule"], pattern: RegExp, what: string, text: string): Complaint[] {
    const found = pattern.exec(text);
    if (!found) {
        return [];
    }
    const code = `U+${found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    const before = text.slice(Math.max(0, found.index - shownLength), found.index);
    return [{ rule, what: `${what} contains ${code}, after: ${JSON.stringify(before)}.` }];
}
