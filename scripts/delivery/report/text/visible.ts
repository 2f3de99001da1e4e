/**
 * Characters that a reader does not see, or that change how he sees others: controls (C0, DEL, C1), line and paragraph
 * separators, bidirectional marks, zero-width and tag characters, variation selectors, halves of characters.
 * https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing, https://trojansource.codes
 */
export const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

/**
 * Text on one line, with what cannot be seen written as `\u{202e}`. It is never removed: who reads it must see that
 * something is there.
 */
export function visible(text: string): string {
    return text.replace(unseen, escaped);
}

/** The same, line by line; lines end at LF or CR LF, and at nothing else. Tabs stay. */
export function visibleLines(text: string): string[] {
    const shown = (character: string) => (character === "\t" ? character : escaped(character));
    return text.split(/\r?\n/).map((line) => line.replace(unseen, shown));
}

export function visibleBlock(text: string): string {
    return visibleLines(text).join("\n");
}

/** A character by its number, as JavaScript and Rust write it. */
export function escaped(character: string): string {
    return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}
