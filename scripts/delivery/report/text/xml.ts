import { visibleBlock } from "./visible";

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

/** Text of an element. What XML 1.0 cannot carry at all is among what is made visible. */
export function xmlText(text: string): string {
    return visibleBlock(text).replace(/[&<>"']/g, (character) => entities[character]!);
}

/** Value of an attribute: a parser would read line breaks and tabs in it as blanks. */
export function xmlAttribute(text: string): string {
    return xmlText(text).replaceAll("\n", "&#10;").replaceAll("\t", "&#9;");
}
