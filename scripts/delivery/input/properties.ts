/** Reads a Java properties file: comments, continued lines, escapes, `=`, `:` or space between key and value. */
export function parseProperties(text: string): Map<string, string> {
    const properties = new Map<string, string>();
    for (const line of logicalLines(text)) {
        const [, key = "", value = ""] = /^((?:\\.|[^\\=:\s])*)\s*[=:]?\s*(.*)$/su.exec(line) ?? [];
        properties.set(unescape(key), unescape(value));
    }
    return properties;
}

function logicalLines(text: string): string[] {
    const lines: string[] = [];
    let continued = "";
    for (const raw of text.split(/\r\n|\r|\n/)) {
        const line = raw.trimStart();
        if (continued === "" && (line === "" || line.startsWith("#") || line.startsWith("!"))) {
            continue;
        }
        const [backslashes = ""] = /\\*$/.exec(line) ?? [];
        if (backslashes.length % 2 === 1) {
            continued += line.slice(0, -1);
        } else {
            lines.push(continued + line);
            continued = "";
        }
    }
    return continued === "" ? lines : [...lines, continued];
}

const escapes: Record<string, string> = { t: "\t", n: "\n", r: "\r", f: "\f" };

function unescape(text: string): string {
    return text.replace(/\\(?:u([0-9A-Fa-f]{4})|(.))/gsu, (_, code: string | undefined, character: string) =>
        code ? String.fromCharCode(parseInt(code, 16)) : (escapes[character] ?? character),
    );
}
