import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { Redactor } from "../../../scripts/delivery/redact";
import { junit } from "../../../scripts/delivery/report/junit";

const secret = fc.string({ minLength: 8, unit: "grapheme-ascii" });

describe("secrets", () => {
    it("leave no text as they are", () => {
        fc.assert(
            fc.property(secret, fc.string(), fc.string(), (password, before, after) => {
                assert.ok(!new Redactor([password]).redact(`${before}${password}${after}`).includes(password));
            }),
        );
    });

    it("leave no URL, JSON or XML", () => {
        fc.assert(
            fc.property(secret, (password) => {
                const { redact } = new Redactor([password]);
                const inXml = junit([
                    { name: password, cases: [{ name: "a", file: "b", seconds: 0, failure: password }] },
                ]);
                const inJson = JSON.stringify(password).slice(1, -1);
                assert.equal(redact(`a=${encodeURIComponent(password)}`), "a=***");
                assert.equal(redact(`{"a":"${inJson}"}`), '{"a":"***"}');
                assert.match(redact(inXml), /<testsuite name="\*\*\*".*\n.*<failure message="\*\*\*">\*\*\*</);
            }),
        );
    });

    it("that are empty change nothing", () => {
        assert.equal(new Redactor([""]).redact("as it was"), "as it was");
    });
});
