import assert from "node:assert/strict";
import { parseXml, type XmlElement } from "@rgrove/parse-xml";
import * as fc from "fast-check";
import MarkdownIt from "markdown-it";
import { type DefaultTreeAdapterTypes as Tree, parseFragment } from "parse5";
import {
    code,
    codeCell,
    escapeHtml,
    fence,
    inline,
    inlineCell,
    jsonText,
    logLine,
    logLines,
    metricValue,
    visible,
    xmlAttribute,
    xmlText,
} from "../../../../scripts/delivery/report/text";
import { visibleBlock } from "../../../../scripts/delivery/report/text/visible";
import { hostileText, markup, traps } from "../../../support/hostile";

/** Characters that nobody sees, by another list than the code's: what PostgreSQL, terminals and browsers are fooled by. */
const unseen = new RegExp(
    [
        "[\\p{Cc}\\p{Cs}\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb]",
        "[\\ufe00-\\ufe0f]",
        "[\\u{e0000}-\\u{e0fff}]",
    ].join("|"),
    "u",
);

const everyText = (check: (text: string) => void) => {
    [...traps, ...markup].forEach(check);
    fc.assert(fc.property(hostileText, check), { numRuns: 300 });
};
const readBack = (shown: string) =>
    shown.replace(/\\u\{([0-9a-f]+)\}/g, (_, number: string) => String.fromCodePoint(parseInt(number, 16)));

describe("invisible text", () => {
    it("is shown, never removed", () => {
        assert.equal(visible("a\u202eb\u001b[1m\u{e0041}\n"), "a\\u{202e}b\\u{1b}[1m\\u{e0041}\\u{a}");
        everyText((text) => {
            const shown = visible(text);
            assert.doesNotMatch(shown, unseen);
            assert.equal(readBack(shown), text);
        });
    });

    it("leaves all human scripts unchanged", () => {
        const names = "Ünïcödé Ελληνικά Кириллица עברית العربية हिन्दी ภาษาไทย 日本語 한국어 🙂 → – “x”";
        assert.equal(visible(names), names);
    });
});

describe("a line of a log", () => {
    it("is one line without commands for CI runners or CloudWatch", () => {
        everyText((text) => {
            const line = logLine(text);
            assert.doesNotMatch(line, unseen);
            assert.doesNotMatch(line, /^\s*(::|[{[])/);
            assert.doesNotMatch(line, /##[\w.-]*\[/);
            assert.equal(logLine(line), line);
            assert.equal(readBack(line), text.replaceAll("\t", "    "));
        });
    });

    it("leaves harmless text unchanged", () => {
        const line = "  Applied changesets/001.sql::001-a::ana (0.10 s)";
        assert.equal(logLine(line), line);
    });

    it("of a longer message is marked, so that it cannot be mistaken for a line of ours", () => {
        assert.deepEqual(logLines("Failed:\n  - x\r\n::error::y"), ["Failed:", "|   - x", "| \\u{3a}:error::y"]);
        everyText((text) => {
            const [first = "", ...others] = logLines(text);
            assert.equal(first, logLine(first));
            others.forEach((line) => assert.match(line, /^\| /));
        });
    });
});

describe("Markdown", () => {
    // More than GitHub's: every address becomes a link, not only those that begin with www or a scheme.
    const parser = new MarkdownIt({ html: true, linkify: true });

    /** What is read: text and code, and nothing else. */
    function read(markdown: string, ...ours: string[]): string {
        const tokens = parser.parse(markdown, {});
        const around = tokens.filter(({ type }) => type !== "inline").map(({ type }) => type);
        assert.deepEqual(around, ours, markdown);
        const inside = tokens.flatMap(({ children }) => children ?? []);
        for (const { type, content } of inside) {
            assert.ok(type === "text" || type === "code_inline", `${type} in ${markdown}`);
            // Mentions, references and commits are looked for in what the parser leaves as text.
            if (type === "text")
                assert.doesNotMatch(content, /[@#!/$<>[\]_*~`|\\:](?=\S)|\b[0-9a-f]{7,}\b|\bGH-|www\./);
        }
        return inside.map(({ content }) => content).join("");
    }
    const paragraph = ["paragraph_open", "paragraph_close"];

    it("reads a sentence back, with plain words as they are", () => {
        assert.equal(inline("Nobody needs it (see 1,000 rows)."), "Nobody needs it (see 1,000 rows).");
        assert.equal(inline("by @ana, see #12"), "by `@ana,` see `#12`");
        assert.equal(inline("Füße3f9c2ab5d1 (3f9c2ab5d1)."), "`Füße3f9c2ab5d1` `(3f9c2ab5d1).`");
        everyText((text) => {
            const shown = visible(text).split(/ +/).filter(Boolean).join(" ");
            if (shown === "") return;
            assert.equal(read(inline(text), ...paragraph), shown);
            assert.equal(
                read(
                    `- ${inline(text)}`,
                    "bullet_list_open",
                    "list_item_open",
                    ...paragraph,
                    "list_item_close",
                    "bullet_list_close",
                ),
                shown,
            );
            assert.equal(read(`# ${inline(text)}`, "heading_open", "heading_close"), shown);
        });
    });

    it("reads code back", () => {
        // CommonMark strips nothing from code that is only spaces; this parser does.
        assert.equal(code("   "), "`   `");
        everyText((text) => {
            const shown = visible(text);
            if (shown.trim() !== "")
                assert.equal(read(`## 1. ${code(text)}`, "heading_open", "heading_close"), `1. ${shown}`);
        });
    });

    it("keeps a cell of a table in its cell", () => {
        const table = new MarkdownIt({ html: true, linkify: true });
        everyText((text) => {
            const cells = [codeCell(text), inlineCell(text)];
            const tokens = table.parse(`| a | b |\n| --- | --- |\n| ${cells.join(" | ")} |\n`, {});
            const shown = tokens
                .filter(({ type }, index) => type === "inline" && tokens[index - 1]?.type === "td_open")
                .map(({ children }) => children!.map(({ content }) => content).join(""));
            const expected = visible(text).replaceAll("|", "\\u{7c}");
            assert.equal(tokens.filter(({ type }) => type === "tr_open").length, 2);
            assert.equal(shown.length, 2);
            assert.equal(shown[0]!.trim(), expected.trim());
            assert.equal(shown[1], expected.split(/ +/).filter(Boolean).join(" "));
        });
    });

    it("keeps lines in their fence", () => {
        everyText((text) => {
            const tokens = parser.parse(`${fence(text, "sql")}\nafter`, {});
            assert.deepEqual(
                tokens.map(({ type }) => type),
                ["fence", "paragraph_open", "inline", "paragraph_close"],
            );
            assert.equal(tokens[0]!.content, `${visibleBlock(text)}\n`);
            assert.equal(tokens[0]!.info, "sql");
        });
    });
});

describe("HTML", () => {
    it("is text and attributes, read back by a browser's parser", () => {
        everyText((text) => {
            const { childNodes } = parseFragment(`<i title="${escapeHtml(text)}">${escapeHtml(text)}</i>`);
            assert.equal(childNodes.length, 1);
            const { attrs, childNodes: inside } = childNodes[0] as Tree.Element;
            assert.deepEqual(attrs, [{ name: "title", value: visibleBlock(text) }]);
            assert.ok(inside.every(({ nodeName }) => nodeName === "#text"));
            assert.equal(inside.map((node) => (node as Tree.TextNode).value).join(""), visibleBlock(text));
        });
    });
});

describe("XML", () => {
    it("is text and attributes, read back by a parser", () => {
        everyText((text) => {
            const { root } = parseXml(`<a b="${xmlAttribute(text)}">${xmlText(text)}</a>`);
            const { attributes, text: content, children } = root as XmlElement;
            assert.equal(attributes["b"], visibleBlock(text));
            assert.equal(content, visibleBlock(text));
            assert.ok(children.every(({ type }) => type === "text"));
        });
    });
});

describe("JSON", () => {
    it("is the same data, and harmless when printed", () => {
        everyText((text) => {
            const data = { text, list: [text, { [text]: 1 }] };
            const json = jsonText(data);
            assert.deepEqual(JSON.parse(json), data);
            json.split("\n").forEach((line) => assert.doesNotMatch(line, unseen));
        });
    });
});

describe("a value of a metric", () => {
    it("is accepted by CloudWatch", () => {
        everyText((text) => {
            const value = metricValue(text);
            assert.match(value, /^[\x20-\x7e]{1,1024}$/);
            assert.notEqual(value.trim(), "");
        });
        assert.equal(metricValue("x".repeat(2000)).length, 1024);
        assert.equal(metricValue("prod"), "prod");
    });
});
