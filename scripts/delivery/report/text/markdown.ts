import { visible, visibleBlock } from "./visible";

// GitHub and GitLab look for mentions, references, commits and addresses in the parsed text, regardless of backslashes,
// but not in code (https://github.github.com/gfm/#code-spans). So everything except plain words becomes code.

/** Text as code: nothing in it is Markdown. */
export function code(text: string): string {
    const shown = visible(text);
    if (shown === "") {
        return "";
    }
    const ticks = "`".repeat(longestRun(shown, "`") + 1);
    // Markdown strips one space on each side, so one is added where the text needs its own.
    const padded = /^`|`$/.test(shown) || (/^ .* $/.test(shown) && shown.trim() !== "");
    const padding = padded ? " " : "";
    return `${ticks}${padding}${shown}${padding}${ticks}`;
}

/** A sentence: plain words unchanged, everything else as code. */
export function inline(text: string): string {
    return visible(text)
        .split(/ +/)
        .filter((word) => word !== "")
        .map((word, index) => (isPlain(word, index === 0) ? word : code(word)))
        .join(" ");
}

const plainWord = /^\(?[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}]|[,'’](?=[\p{L}\p{N}]))*\)?[.,;:!?…]?$/u;
/** Also after a non-ASCII letter: some renderers start a word there. */
const commit = /(?<![a-z0-9_])[0-9a-f]{7,}(?![a-z0-9_])/i;
const listItem = /^\d+[.)]$/;

function isPlain(word: string, first: boolean): boolean {
    return (plainWord.test(word) && !commit.test(word) && !(first && listItem.test(word))) || /^[…–]$/.test(word);
}

/** Cells of a table; a pipe would end a cell, even in code. */
export function codeCell(text: string): string {
    return code(withoutPipes(text));
}

export function inlineCell(text: string): string {
    return inline(withoutPipes(text));
}

function withoutPipes(text: string): string {
    return text.replaceAll("|", "\\u{7c}");
}

/** Lines verbatim, in a fence that none of them closes. */
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
