import * as fc from "fast-check";

/** Strings that readers of lines, of UTF-8 or of JSON have tripped over. */
export const traps = [
    "",
    " ",
    "\n",
    "\r\n",
    "\r",
    "\0",
    "\u0085",
    "\u2028",
    "\u2029",
    "\u000b\u000c",
    "\ufeff",
    "\ud800",
    "\udc00\ud800",
    "\u{1f600}",
    "\u007f\u0080\u00ff",
    "\u001b[31m",
    "\u202e\u061c",
    "\\",
    '"',
    "\\u000a",
    "%0A",
    "+",
    '["exit",0]',
    '\n["exit",0]\n',
    "::error::",
    '{"_aws":1}',
    "</script>",
];

/** Any sequence of UTF-16 code units, with traps among them. */
export const hostile: fc.Arbitrary<string> = fc
    .array(
        fc.oneof(
            fc.constantFrom(...traps),
            fc.string({ unit: "grapheme" }),
            fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
        ),
        { maxLength: 8 },
    )
    .map((parts) => parts.join(""));
