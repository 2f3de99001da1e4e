import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "./support/program";

/** The rows of the first table of docs/security.md: actor, may, must not, how, test. */
function rows(): string[][] {
    const text = fs.readFileSync(path.join(root, "docs/security.md"), "utf8");
    const [table = ""] = /^\| actor \|[^]*?(?=\n\n)/m.exec(text) ?? [];
    return table
        .split("\n")
        .slice(2)
        .map((row) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()));
}

describe("the trust model in docs/security.md", () => {
    it("names tests that exist, by file and title, in each row that is held", () => {
        const all = rows();
        assert.ok(all.length >= 12, `${all.length}`);
        for (const [, actor = "", , , how = "", tests = ""] of all) {
            const named = [...tests.matchAll(/`([^`]+\.test\.ts)`(?: “([^”]+)”)?/g)];
            assert.ok(named.length > 0 || /^the same/.test(tests) || /^not held yet/.test(how), `${actor} has no test`);
            for (const [, file = "", title] of named) {
                assert.ok(title, `${actor}: ${file} is named without a title`);
                const text = fs.readFileSync(path.join(root, file), "utf8");
                const written = [`"${title}"`, `\`${title}\``];
                assert.ok(
                    written.some((one) => text.includes(one)),
                    `${file} has no test “${title}”`,
                );
            }
        }
    });
});
