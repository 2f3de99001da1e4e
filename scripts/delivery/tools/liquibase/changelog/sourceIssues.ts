import type { SourceIssue, Remark } from "../../sources";
import { databases, directives, headlineAttributes, preconditionAttributes, type Words } from "./vocabulary";

/** A directive, or a misspelled one: dashes, the word, and the rest. */
const directiveLine = /^\s*(-{2,})\s*([a-z][a-z-]*)(.*)$/i;

/** What follows each directive; words of prose are followed by other words. */
const shapes: Readonly<Record<string, RegExp>> = {
    changeset: /^\s+("[^"]+"|[^\s:]+)\s*:\s*\S/,
    rollback:
        /^\s*[:=;,]?\s*(drop|alter|delete|create|insert|update|truncate|select|grant|revoke|comment|set|do|call|with|rename|not\s+required|empty|changesetid)\b/i,
    preconditions: /^:?\s+on(fail|error|update|sql)/i,
    validCheckSum: /^:?\s+(\d+:[0-9a-f]{8,}|any\b)/i,
    ignoreLines: /^:(\d+|start|end)\b/i,
};
const precondition = /^\s+\S/;

/** A comment that Liquibase would read as a directive, were it not for a slip. */
export function misspelledDirective(text: string, line: number): SourceIssue | undefined {
    const [, dashes = "", word = "", rest = ""] = directiveLine.exec(text) ?? [];
    const meant = word === "" ? undefined : directives.has(word) ? directives.nearest(word) : nearMiss(word);
    if (meant === undefined || !(shapes[meant] ?? precondition).test(rest)) {
        return undefined;
    }
    // Liquibase reports a changeset without its author itself.
    const isExact = dashes === "--" && directives.has(word) && !(meant === "rollback" && !rest.startsWith(" "));
    return isExact
        ? undefined
        : {
              rule: "misspelled-word",
              line,
              what: `\`${shortened(text)}\` is a comment to Liquibase. Did you mean \`--${meant}${meant === "ignoreLines" ? ":" : " …"}\`?`,
          };
}

function nearMiss(word: string): string | undefined {
    // Words of their own, which comments begin with.
    const isWord = /^(rollbacks|changesets|changes|precondition|includes?|included|ignored?|ignoring)$/i.test(word);
    return word.toLowerCase() === "precondition" ? "preconditions" : isWord ? undefined : directives.nearest(word);
}

const attributePattern = /(?<=\s)([A-Za-z]\w*)(\s*[:=]\s*)("[^"]*"|\S*)/g;

/** Attributes of a changeset's first line, of which Liquibase looks for those that it knows. */
export function headlineIssues(text: string, line: number): SourceIssue[] {
    const [head = ""] = /^\s*--\s*changeset\s+("[^"]+"|[^:]+):\s*("[^"]+"|\S+)/i.exec(text) ?? [];
    const rest = text.slice(head.length);
    return [...attributeIssues(rest, headlineAttributes, line), ...dbmsIssues(rest, line), ...cutOff(rest, line)];
}

/** The same of `--preconditions`. */
export function preconditionIssues(text: string, line: number): SourceIssue[] {
    const [, rest] = /^\s*--\s*preconditions\b(.*)$/i.exec(text) ?? [];
    return rest === undefined ? [] : attributeIssues(rest, preconditionAttributes, line);
}

function attributeIssues(rest: string, words: Words, line: number): SourceIssue[] {
    const [attributes = ""] = rest.split(/\s--/);
    return [...attributes.matchAll(attributePattern)].flatMap(
        ([whole, name = "", sign = "", value = ""]): SourceIssue[] => {
            if (value.startsWith("//")) {
                return [];
            }
            if (words.has(name)) {
                // After a blank Liquibase finds a database, but nothing else.
                return sign === ":" || (sign.trim() === ":" && (value === "" || name.toLowerCase() === "dbms"))
                    ? []
                    : [misspelled(whole, `${words.nearest(name) ?? name}:${value}`, line)];
            }
            const nearest = words.nearest(name);
            return nearest === undefined
                ? [{ rule: "unknown-attribute", line, what: `Liquibase knows no attribute \`${name}\` here.` }]
                : [misspelled(whole, `${nearest}:${value}`, line)];
        },
    );
}

function misspelled(written: string, meant: string, line: number): SourceIssue {
    return {
        rule: "misspelled-word",
        line,
        what: `Liquibase ignores \`${shortened(written)}\`. Did you mean \`${shortened(meant)}\`?`,
    };
}

/** Liquibase takes a context or labels without quotes up to the first space. */
function cutOff(rest: string, line: number): SourceIssue[] {
    return [...rest.matchAll(/(?<=\s)(context|contextFilter|labels):(?!")(\S+)\s+((?:and|or)\s+\S+.*)$/gi)].map(
        ([, name = "", value = "", lost = ""]): SourceIssue => ({
            rule: "misspelled-word",
            line,
            what: `Liquibase ignores \`${shortened(lost)}\`. Did you mean \`${name}:"${shortened(`${value} ${lost}`)}"\`?`,
        }),
    );
}

function dbmsIssues(rest: string, line: number): SourceIssue[] {
    const [, value = ""] = /(?<=\s)dbms:(\S+)/i.exec(rest) ?? [];
    return databaseIssues(value, line);
}

/** Names in `dbms` that no database has. */
export function databaseIssues(value: string, line: number): SourceIssue[] {
    return value
        .split(",")
        .map((name) => name.trim().replace(/^!/, ""))
        .filter((name) => name !== "" && !name.includes("${") && !databases.has(name))
        .map((name): SourceIssue => {
            const nearest = databases.nearest(name.replaceAll(/["']/g, ""));
            const suggestion = nearest === undefined ? "" : ` Did you mean \`${nearest}\`?`;
            return { rule: "unknown-database", line, what: `No database is called \`${name}\`.${suggestion}` };
        });
}

const inclusion = /^\s*--\s*(property|include|includeAll|ignoreLines|liquibase\s*formatted)\b/i;

/** What a file of formatted SQL has outside of its changesets: the lines before the first one, which may be all. */
export function outsideIssues(lines: string[], hasChangeset: boolean): SourceIssue[] {
    const misspelled = lines.flatMap((text, index) => misspelledDirective(text, index + 1) ?? []);
    if (misspelled.some(({ what }) => what.includes("`--changeset …"))) {
        return misspelled;
    }
    const first = withoutComments(lines).findIndex((text) => text.trim() !== "");
    if (first !== -1) {
        const what = `It belongs to no changeset: \`${shortened(lines[first]!)}\``;
        return [...misspelled, { rule: "outside-changeset", line: first + 1, what }];
    }
    const isEmpty = !hasChangeset && !lines.some((text) => inclusion.test(text) && !/formatted/i.test(text));
    return isEmpty ? [...misspelled, noChangeset()] : misspelled;
}

/** Files of a directory, in the order in which they run, that are numbered in another order. */
export function orderIssues(files: string[], line: number): SourceIssue[] {
    const numbered = files.flatMap((file) => {
        const [, folder = "", start = "", digits] = /^(.*\/)?(\D*)(\d+)[^/]*$/.exec(file) ?? [];
        return digits === undefined ? [] : [{ file, group: `${folder}${start}`, number: Number(digits) }];
    });
    const wrong = numbered.findIndex(
        ({ group, number }, index) => numbered[index + 1]?.group === group && number > numbered[index + 1]!.number,
    );
    return wrong === -1
        ? []
        : [
              {
                  rule: "include-order",
                  line,
                  what: `\`${numbered[wrong]!.file}\` runs before \`${numbered[wrong + 1]!.file}\`.`,
              },
          ];
}

export function noChangeset(): SourceIssue {
    return { rule: "no-changeset", line: 1, what: "The file has no changeset." };
}

function withoutComments(lines: string[]): string[] {
    const blanked = lines
        .map((text) => text.replace(/--.*$/, ""))
        .join("\n")
        .replaceAll(/\/\*[\s\S]*?(?:\*\/|$)/g, (comment) => comment.replaceAll(/[^\n]/g, " "));
    return blanked.split("\n");
}

/** Each `${…}` in a text that begins at a line. */
export function placeholdersIn(text: string, line: number): Remark[] {
    return !text.includes("${")
        ? []
        : text.split("\n").flatMap((one, index) =>
              [...one.matchAll(/\$\{([^{}]*)\}/g)].map(([, name = ""]) => ({
                  text: name.trim(),
                  line: line + index,
              })),
          );
}

export function shortened(text: string): string {
    const line = text.trim().replaceAll(/\s+/g, " ").replaceAll("`", "'");
    return line.length <= 80 ? line : `${line.slice(0, 80)}…`;
}
