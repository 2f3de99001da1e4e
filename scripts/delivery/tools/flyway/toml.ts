/** One entry of a TOML file: its key with the tables around it, and its value as a properties file would write it. */
export interface Entry {
    key: string;
    value: string;
    /** The line on which it starts, counted from 1. */
    line: number;
}

/** What of TOML a `flyway.toml` consists of: tables, texts, numbers, booleans and lists of them. Everything else is a problem. */
export function parseToml(text: string): { entries: Entry[]; problems: string[] } {
    const [entries, problems]: [Entry[], string[]] = [[], []];
    let table = "";
    const lines = text.split(/\r\n|\n/);
    for (let index = 0; index < lines.length; index++) {
        const line = index + 1;
        let content = withoutComment(lines[index]!);
        if (content === "") continue;
        const heading = /^\[\s*([^[\]]+?)\s*\]$/.exec(content);
        if (heading) {
            table = keyOf(heading[1]!) ?? "";
            if (table === "") problems.push(`line ${line}: the name of a table was expected`);
            continue;
        }
        // A list may go over several lines.
        if (/^[^=]*=\s*\[/.test(content)) {
            const parts = [content];
            while (!parts.at(-1)!.endsWith("]") && index + 1 < lines.length) {
                index += 1;
                parts.push(withoutComment(lines[index]!));
            }
            content = parts.join(" ");
        }
        const [name = ""] = /^(?:"[^"]*"|'[^']*'|[^="'])*/.exec(content) ?? [];
        const given = content[name.length] === "=" ? content.slice(name.length + 1).trim() : "";
        const [key, value] = [keyOf(name), valueOf(given)];
        if (key === undefined || value === undefined) {
            problems.push(
                `line ${line}: not a key and a value that flyway.toml can have: a text, number, boolean or list`,
            );
        } else {
            entries.push({ key: table === "" ? key : `${table}.${key}`, value, line });
        }
    }
    return { entries, problems };
}

/** Without the comment at its end, unless its `#` is in a text. */
function withoutComment(line: string): string {
    return (/^(?:"(?:\\.|[^"\\])*"|'[^']*'|[^#"'])*/.exec(line)?.[0] ?? line).trim();
}

function keyOf(text: string): string | undefined {
    const part = /^(?:[A-Za-z0-9_-]+|"[^"\\]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"\\]*"|'[^']*'))*$/;
    const trimmed = text.trim();
    return part.test(trimmed)
        ? trimmed.replaceAll(
              /"([^"]*)"|'([^']*)'|\s+/g,
              (_, double?: string, single?: string) => double ?? single ?? "",
          )
        : undefined;
}

function valueOf(text: string): string | undefined {
    if (/^(?:true|false|[+-]?\d+(?:\.\d+)?)$/.test(text)) {
        return text;
    }
    const list = /^\[(.*)\]$/.exec(text);
    if (list === null) {
        return textOf(text);
    }
    const items = list[1]!.match(/"(?:\\.|[^"\\])*"|'[^']*'|[^\s,]+/g) ?? [];
    const values = items.map(textOf);
    return values.every((value) => value !== undefined) ? values.join(",") : undefined;
}

const escapes: Record<string, string> = { n: "\n", t: "\t", r: "\r", '"': '"', "\\": "\\" };

function textOf(text: string): string | undefined {
    const literal = /^'([^']*)'$/.exec(text);
    if (literal) return literal[1];
    const basic = /^"((?:\\.|[^"\\])*)"$/.exec(text);
    if (!basic) return undefined;
    const content = basic[1]!;
    return /\\[^ntr"\\]/.test(content.replaceAll("\\\\", ""))
        ? undefined
        : content.replaceAll(/\\(.)/g, (_, character: string) => escapes[character] ?? character);
}
