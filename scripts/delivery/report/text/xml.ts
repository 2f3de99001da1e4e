import { visibleBlock } from "./visible";

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

/** Escapes the text of an element. Characters that XML 1.0 does not allow have already been made visible. */
export function xmlText(text: string): string {
    return visibleBlock(text).replace(/[&<>"']/g, (character) => entities[character]!);
}

/** Escapes the value of an attribute: a parser would turn its line breaks and tabs into spaces. */
export function xmlAttribute(text: string): string {
    return xmlText(text).replaceAll("\n", "&#10;").replaceAll("\t", "&#9;");
}
