import type { Complaint, Subject } from "./complaint";

/** Width of ID, AUTHOR, FILENAME, CONTEXTS, LABELS and TAG in DATABASECHANGELOG: https://docs.liquibase.com/concepts/tracking-tables/databasechangelog-table.html */
const columnWidth = 255;
const shownLength = 40;

/** Whether Liquibase's history can store the changeset's fields, and the database its SQL. */
export function judgeStorable({ changeset }: Subject, unstorable: RegExp): Complaint[] {
    const { id, author, file, contexts = "", labels = "", tag = "", sql } = changeset;
    const names = Object.entries({ id, author, file, contexts, labels, tag });
    return [
        ...names.flatMap(([what, text]) => judgeLength(what, text)),
        ...names.flatMap(([what, text]) => judgeText(`Its ${what}`, text, unstorable)),
        ...oncePerRule(sql.flatMap((statement) => judgeText("Its SQL", statement, unstorable))),
    ];
}

/** A binary file would have thousands. */
function oncePerRule(complaints: Complaint[]): Complaint[] {
    return complaints.filter(({ rule }, index) => complaints.findIndex((other) => other.rule === rule) === index);
}

function judgeLength(what: string, text: string): Complaint[] {
    // The database counts characters, not UTF-16 code units.
    const length = text.length <= columnWidth ? text.length : [...text].length;
    return length <= columnWidth
        ? []
        : [
              {
                  rule: "too-long",
                  what: `Its ${what} ${what.endsWith("s") ? "have" : "has"} ${length} characters; allowed: ${columnWidth} (${text.slice(0, shownLength)}…).`,
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
