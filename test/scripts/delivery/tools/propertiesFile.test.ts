import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { formatProperties, parseProperties } from "../../../../scripts/delivery/tools/propertiesFile";
import { anyText } from "../../../support/text";

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
            parseProperties(text).map(({ key, value }) => [key, value]),
            [
                ["changeLogFile", "changelog.yaml"],
                ["spaced", "value with = and :  "],
                ["bare", ""],
                ["tab", "separated"],
                ["continued", "one, two, three"],
                ["with space=and:signs", "yes"],
                ["unicode", "ä€"],
                ["escaped", "a\tb\\"],
                ["twice", "1"],
                ["twice", "2"],
            ],
        );
    });

    it("says on which line an entry begins", () => {
        const text = "# comment\n\na=1\nb=one, \\\n  two\r\nc=3";
        assert.deepEqual(
            parseProperties(text).map(({ key, line }) => [key, line]),
            [
                ["a", 3],
                ["b", 4],
                ["c", 6],
            ],
        );
    });

    it("returns what was written", () => {
        const key = anyText({ minLength: 1 });
        fc.assert(
            fc.property(fc.uniqueArray(fc.tuple(key, anyText()), { selector: ([name]) => name }), (entries) => {
                assert.deepEqual(
                    parseProperties(formatProperties(entries)).map(({ key, value }) => [key, value]),
                    entries,
                );
            }),
        );
    });
});
