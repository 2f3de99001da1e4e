import { layouts } from "./layouts";

export const propertiesFile = "sql.properties";

/** What `sql.properties` says; each line is optional, and so is the file. */
export interface SqlProperties {
    /** The name of a layout. */
    layout?: string;
    /** The folder, with a slash at its end, or empty. */
    directory?: string;
    /** What became of migrations that the folder's own tool did not end. */
    resolve: Record<string, "applied" | "undone">;
}

const names = layouts.map(({ name }) => name);

/** Reads `key=value` lines; lines that begin with # are comments. */
export function readSqlProperties(text: string): { properties: SqlProperties; problems: string[] } {
    const properties: SqlProperties = { resolve: {} };
    const problems: string[] = [];
    for (const [index, line] of text.split(/\r?\n/).entries()) {
        if (/^\s*(#|$)/.test(line)) continue;
        const [, key = "", value = ""] = /^([^=\s]+)\s*=(.*)$/.exec(line.trim()) ?? [];
        const problem = take(properties, key, value.trim());
        if (problem !== undefined) problems.push(`line ${index + 1}: ${problem}`);
    }
    return { properties, problems };
}

/** Takes a line over, or says what is wrong with it. */
function take(properties: SqlProperties, key: string, value: string): string | undefined {
    const [, resolved] = /^resolve\.(.+)$/.exec(key) ?? [];
    if (resolved !== undefined) {
        if (value !== "applied" && value !== "undone") {
            return `${key} is ${JSON.stringify(value)}; allowed: applied, undone`;
        }
        properties.resolve[resolved] = value;
        return undefined;
    }
    if (key === "layout") {
        properties.layout = names.find((name) => name.toLowerCase() === value.toLowerCase());
        return properties.layout === undefined
            ? `layout is ${JSON.stringify(value)}; allowed: ${names.join(", ")}`
            : undefined;
    }
    if (key === "directory") {
        const parts = value.split("/").filter((part) => part !== "" && part !== ".");
        if (value.startsWith("/") || parts.includes("..")) {
            return `directory is ${JSON.stringify(value)}; allowed: a path in the migrations directory`;
        }
        properties.directory = parts.map((part) => `${part}/`).join("");
        return undefined;
    }
    return key === "" ? "it is not of the form key=value" : `there is no setting ${key}`;
}
