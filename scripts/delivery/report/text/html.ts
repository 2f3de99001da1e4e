import { visibleBlock } from "./visible";

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Escapes the text of an element or a quoted attribute. */
export function escapeHtml(text: string): string {
    return visibleBlock(text).replace(/[&<>"']/g, (character) => entities[character]!);
}
