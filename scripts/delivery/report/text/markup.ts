import { visibleBlock } from "./visible";

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Escapes the text of an element or a quoted attribute of HTML. */
export function escapeHtml(text: string): string {
    return escaped(text, "&#39;");
}

/** Escapes the text of an element. Characters that XML 1.0 does not allow have already been made visible. */
export function xmlText(text: string): string {
    return escaped(text, "&apos;");
}

/** Escapes the value of an attribute: a parser would turn its line breaks and tabs into spaces. */
export function xmlAttribute(text: string): string {
    return xmlText(text).replaceAll("\n", "&#10;").replaceAll("\t", "&#9;");
}

function escaped(text: string, apostrophe: string): string {
    return visibleBlock(text).replace(/[&<>"']/g, (character) => entities[character] ?? apostrophe);
}
