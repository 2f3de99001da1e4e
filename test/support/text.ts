import * as fc from "fast-check";

// fast-check's own unit "binary" is as much, but tabulates every character first: a second of each process.
const character = fc
    .oneof(
        fc.integer({ min: 0, max: 0x7f }),
        fc.integer({ min: 0x80, max: 0xd7ff }),
        fc.integer({ min: 0xe000, max: 0x10ffff }),
    )
    .map((code) => String.fromCodePoint(code));

/** Any text that Unicode has. */
export function anyText(constraints: { minLength?: number } = {}): fc.Arbitrary<string> {
    return fc.string({ ...constraints, unit: character });
}
