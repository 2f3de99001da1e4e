import type { Complaint, Subject } from "./complaint";

/** Width of ID, AUTHOR, FILENAME, CONTEXTS, LABELS and TAG in DATABASECHANGELOG: https://docs.liquibase.com/concepts/tracking-tables/databasechangelog-table.html */
const columnWidth = 255;
const shownLength = 40;

/** Whether Liquibase's history can keep what it says of the changeset, and the database its SQL as it is written. */
export function judgeStorable({ changeset }: Subject): Complaint[] {
    const { id, author, file, contexts = "", labels = "", tag = "", sql } = changeset;
    const names = Object.entries({ id, author, file, contexts, labels, tag });
    return [
        ...names.flatMap(([what, text]) => judgeLength(what, text)),
        ...names.flatMap(([what, text]) => judgeText(`Its ${what}`, text)),
        ...sql.flatMap((statement) => judgeText("Its SQL", statement)).slice(0, 1),
    ];
}

function judgeLength(what: string, text: string): Complaint[] {
    // PostgreSQL counts characters, not UTF-16's units.
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

// With the flag u a pair is one character, so that only half a pair is a surrogate.
const unstorable = /[\0\ufffd\p{Surrogate}]/u;

function judgeText(what: string, text: string): Complaint[] {
    const found = unstorable.exec(text);
    if (!found) {
        return [];
    }
    const code = `U+${found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    const before = text.slice(Math.max(0, found.index - shownLength), found.index);
    return [{ rule: "unstorable-text", what: `${what} contains ${code}, after: ${JSON.stringify(before)}.` }];
}
