import { escapeHtml } from "../../report/text";

/** Text that is already HTML. */
export class Markup {
    constructor(private readonly text: string) {}

    toString(): string {
        return this.text;
    }
}

type Part = Markup | string | number | false | undefined | Part[];

/** A template tag that escapes every value except markup. */
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
    return part instanceof Markup ? part.toString() : escapeHtml(String(part));
}
