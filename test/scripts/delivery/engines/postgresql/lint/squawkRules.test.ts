import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { squawkRuleNames } from "../../../../../../scripts/delivery/engines/postgresql/lint/squawkRules";
import { squawkPackage } from "../../../../../../scripts/toolchain/squawk";

/** The comment in squawkRules.ts says why. */
const leftOut = ["ban-concurrent-index-creation-in-transaction", "unused-ignore"];
/** A finding of squawk that is no rule of its own. */
const noRule = "syntax-error";

/**
 * What is left of the rules that a squawk knows after those that we know. No command lists them, but its binary has their
 * names in one piece, from which it reads `--include`.
 */
function unknownIn(binary: string, known: readonly string[]): string {
    const [names] = /require-concurrent-index-creation(?=[a-z]+-)[a-z0-9-]*/.exec(binary) ?? [];
    assert.ok(names, "squawk keeps the names of its rules in another way now: find them again");
    // Longest first: one name can be the beginning of another.
    const longestFirst = [...known].sort((one, other) => other.length - one.length);
    return names.replaceAll(new RegExp(longestFirst.join("|"), "g"), " ").trim();
}

describe("the table of squawk's rules", () => {
    const binary = readFileSync(join(__dirname, "../../../../../..", squawkPackage, "bin/squawk"), "latin1");
    const known = [...squawkRuleNames.filter((rule) => rule !== noRule), ...leftOut];

    it("has every rule of the squawk that is installed", () => {
        assert.equal(unknownIn(binary, known), "");
    });

    it("has no rule that the installed squawk lacks", () => {
        for (const rule of known) assert.ok(binary.includes(rule), rule);
    });

    it("would show the name of a new rule, and of one that was taken out of the table", () => {
        const newer = binary.replaceAll("require-lock-timeout", "require-lock-timeoutban-something-new");
        assert.equal(unknownIn(newer, known), "ban-something-new");
        assert.equal(
            unknownIn(
                binary,
                known.filter((rule) => rule !== "ban-drop-table"),
            ),
            "ban-drop-table",
        );
    });
});
