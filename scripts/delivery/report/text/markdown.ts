import { visible, visibleBlock } from "./visible";

// GitHub and GitLab look for mentions, references, commits and addresses in the text that a parser leaves, backslashes or
// not; in code they do not (https://github.github.com/gfm/#code-spans). So whatever is not a plain word becomes code.

/** Text as code: nothing in it is Markdown. */
export function code(text: string): string {
    const shown = visible(text);
    if (shown === "") {
        return "";
    }
    const ticks = "`".repeat(longestRun(shown, "`") + 1);
    // One blank on both sides is no part of the code, and one that is there would be taken for that.
    const padded = /^`|`$/.test(shown) || (/^ .* $/.test(shown) && shown.trim() !== "");
    const padding = padded ? " " : "";
    return `${ticks}${padding}${shown}${padding}${ticks}`;
}

/** A sentence: plain words as they are, everything else as code. */
export function inline(text: string): string {
    return visible(text)
        .split(/ +/)
        .filter((word) => word !== "")
        .map((word, index) => (isPlain(word, index === 0) ? word : code(word)))
        .join(" ");
}

const plainWord = /^\(?[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}]|[,'’](?=[\p{L}\p{N}]))*\)?[.,;:!?…]?$/u;
/** Also behind a letter that is none of ASCII's: some renderers begin a word there. */
const commit = /(?<![a-z0-9_])[0-9a-f]{7,}(?![a-z0-9_])/i;
const listItem = /^\d+[.)]$/;

function isPlain(word: string, first: boolean): boolean {
    return (plainWord.test(word) && !commit.test(word) && !(first && listItem.test(word))) || /^[…–]$/.test(word);
}

/** Cells of a table; a pipe would end one, in code too. */
export function codeCell(text: string): string {
    return code(withoutPipes(text));
}

export function inlineCell(text: string): string {
    return inline(withoutPipes(text));
}

function withoutPipes(text: string): string {
    return text.replaceAll("|", "\\u{7c}");
}

/** Lines as they are, in a fence that nothing in them ends. */
export function fence(text: string, language: string): string {
    const shown = visibleBlock(text);
    const ticks = "`".repeat(Math.max(2, longestRun(shown, "`")) + 1);
    return `${ticks}${language}\n${shown}\n${ticks}`;
}

function longestRun(text: string, character: string): number {
    let [longest, current] = [0, 0];
    for (const each of text) {
        current = each === character ? current + 1 : 0;
        longest = Math.max(longest, current);
    }
    return longest;
}
