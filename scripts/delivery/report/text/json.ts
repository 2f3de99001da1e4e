import { unseen } from "./visible";

/** JSON for a file: the data is unchanged, and safe to print. */
export function jsonText(value: unknown): string {
    const lines = JSON.stringify(value, undefined, 2).split("\n");
    return `${lines.map((line) => line.replace(unseen, escaped)).join("\n")}\n`;
}

/** A character as a JSON escape, one per UTF-16 code unit. */
function escaped(character: string): string {
    return Array.from({ length: character.length }, (_, index) => unit(character.charCodeAt(index))).join("");
}

function unit(code: number): string {
    return `\\u${code.toString(16).padStart(4, "0")}`;
}
