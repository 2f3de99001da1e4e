/** One entry of a properties file. */
export interface Property {
    key: string;
    value: string;
    /** The line on which it starts, counted from 1. */
    line: number;
}

/** Reads a Java properties file: comments, continuation lines, escapes, `=`, `:` or space between key and value. */
export function parseProperties(text: string): Property[] {
    return logicalLines(text).map(({ content, line }) => {
        const [, key = "", value = ""] = /^((?:\\.|[^\\=:\s])*)\s*[=:]?\s*(.*)$/su.exec(content) ?? [];
        return { key: unescape(key), value: unescape(value), line };
    });
}

/** Writes a properties file that Java reads back as these entries, whatever characters they contain. */
export function formatProperties(entries: Iterable<readonly [string, string]>): string {
    return [...entries].map(([key, value]) => `${escape(key)}=${escape(value)}\n`).join("");
}

interface LogicalLine {
    content: string;
    line: number;
}

function logicalLines(text: string): LogicalLine[] {
    const lines: LogicalLine[] = [];
    // Of a line that goes on: its parts, since text that grows by each of them would take the square of their number.
    let parts: string[] = [];
    let first = 0;
    const end = () => {
        lines.push({ content: parts.join(""), line: first });
        parts = [];
    };
    for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
        const content = raw.trimStart();
        if (parts.length === 0) {
            if (content === "" || content.startsWith("#") || content.startsWith("!")) continue;
            first = index + 1;
        }
        const [backslashes = ""] = /(?<!\\)\\+$/.exec(content) ?? [];
        if (backslashes.length % 2 === 1) {
            parts.push(content.slice(0, -1));
        } else {
            parts.push(content);
            end();
        }
    }
    if (parts.some((part) => part !== "")) end();
    return lines;
}

const escapes: Record<string, string> = { t: "\t", n: "\n", r: "\r", f: "\f" };

function unescape(text: string): string {
    return text.replace(/\\(?:u([0-9A-Fa-f]{4})|(.))/gsu, (_, code: string | undefined, character: string) =>
        code ? String.fromCharCode(parseInt(code, 16)) : (escapes[character] ?? character),
    );
}

/** Java reads the file as ISO 8859-1. */
function escape(text: string): string {
    return text.replace(/[^A-Za-z0-9]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
