/** Text that is HTML already. */
export class Markup {
    constructor(private readonly text: string) {}

    toString(): string {
        return this.text;
    }
}

type Part = Markup | string | number | false | undefined | Part[];

/** A template that escapes whatever is put into it, unless that is markup itself. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
    return new Markup(strings.map((text, index) => text + render(parts[index])).join(""));
}

function render(part: Part): string {
    if (part === undefined || part === false) {
        return "";
    }
    if (Array.isArray(part)) {
        return part.map(render).join("");
    }
    return part instanceof Markup ? part.toString() : escape(String(part));
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** What turns text around without being seen could show an approver other SQL than what runs; it is shown instead. */
// eslint-disable-next-line no-control-regex
const unseen = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

function escape(text: string): string {
    return text
        .replace(/[&<>"']/g, (character) => entities[character] ?? character)
        .replace(unseen, (character) => `⟦U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟧`);
}
