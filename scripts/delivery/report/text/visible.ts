/**
 * Characters that are invisible or change how others are displayed: controls (C0, DEL, C1), line and paragraph
 * separators, bidirectional marks, zero-width and tag characters, variation selectors, lone surrogates.
 * https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing, https://trojansource.codes
 */
export const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

/**
 * Text on one line, with invisible characters written as `\u{202e}`. They are never removed: the reader must see that
 * something is there.
 */
export function visible(text: string): string {
    return text.replace(unseen, escaped);
}

/** The same, line by line. Lines end only at LF or CR LF. Tabs stay. */
export function visibleLines(text: string): string[] {
    const shown = (character: string) => (character === "\t" ? character : escaped(character));
    return text.split(/\r?\n/).map((line) => line.replace(unseen, shown));
}

export function visibleBlock(text: string): string {
    return visibleLines(text).join("\n");
}

/** A character as its code point, as in JavaScript and Rust. */
export function escaped(character: string): string {
    return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}
