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

/** What Markdown, HTML, GitHub, GitLab and runners of builds take for more than text. */
export const markup = [
    ...["# heading", "=====", "-----", "- item", "1. item", "> quote", "    code", "| a | b |", "\\|", "&#64;", "&lt;"],
    ...[
        "```",
        "~~~",
        "`",
        "``",
        "**bold**",
        "_em_",
        "~~gone~~",
        "$`x`$",
        ":smile:",
        "[[_TOC_]]",
        "/close",
        "[x]: http://e.example",
    ],
    ...[
        "![image](https://e.example/i.png)",
        "[link](https://e.example)",
        "<https://e.example>",
        "https://e.example",
        "www.e.example",
    ],
    ...["ana@e.example", "@ana", "#12", "GH-12", "org/repository#12", "!12", "3f9c2ab5d1", "&12"],
    ...[
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "</details>",
        "</code></pre>",
        "<!--",
        '" onload="x',
        "' x='",
    ],
    ...[
        "::error::x",
        "::add-mask::x",
        "##[error]x",
        "##vso[task.setvariable variable=x]y",
        "##teamcity[x]",
        '{"_aws":{}}',
        '["x"]',
    ],
    ...[
        "\u202e",
        "\u2066",
        "\u200b",
        "\u{e0041}",
        "\u00ad",
        "\ufe0f",
        "\u001b]8;;https://e.example\u0007",
        "\u009b31m",
        "\rDone.",
    ],
];

/** Hostile in every way that is known: lines, characters, markup, among words that harm nobody. */
export const hostileText: fc.Arbitrary<string> = fc
    .array(
        fc.oneof(
            hostile,
            fc.constantFrom(...markup),
            fc.constantFrom(" ", "\n", "\n\n", "\t"),
            fc.constantFrom("word", "don't", "1,000", "(new)", "Füße", "end."),
        ),
        { maxLength: 6 },
    )
    .map((parts) => parts.join(""));
