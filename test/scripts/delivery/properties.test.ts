import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { parseProperties } from "../../../scripts/delivery/input/properties";
import { anyText } from "../../support/text";

describe("a properties file", () => {
    it("is read as Java reads it", () => {
        const text = [
            "# comment",
            "  ! another",
            "changeLogFile=changelog.yaml",
            "  spaced   :   value with = and :  ",
            "bare",
            "tab\tseparated",
            "continued = one, \\",
            "    two, \\",
            "    three",
            "with\\ space\\=and\\:signs=yes",
            "unicode=\\u00e4\\u20AC",
            "escaped=a\\tb\\\\",
            "twice=1",
            "twice=2",
            "",
        ].join("\r\n");
        assert.deepEqual(
            [...parseProperties(text)],
            [
                ["changeLogFile", "changelog.yaml"],
                ["spaced", "value with = and :  "],
                ["bare", ""],
                ["tab", "separated"],
                ["continued", "one, two, three"],
                ["with space=and:signs", "yes"],
                ["unicode", "ä€"],
                ["escaped", "a\tb\\"],
                ["twice", "2"],
            ],
        );
    });

    it("gives back what was written", () => {
        const escape = (text: string) =>
            text.replace(/[^A-Za-z0-9]/gu, (character) =>
                [...Array(character.length).keys()]
                    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`)
                    .join(""),
            );
        const key = anyText({ minLength: 1 });
        fc.assert(
            fc.property(fc.uniqueArray(fc.tuple(key, anyText()), { selector: ([name]) => name }), (entries) => {
                const text = entries.map(([name, value]) => `${escape(name)}=${escape(value)}`).join("\n");
                assert.deepEqual([...parseProperties(text)], entries);
            }),
        );
    });
});
