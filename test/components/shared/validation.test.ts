import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { InfrastructureError } from "../../../components/shared/errors";
import { matching, oneOf, required, type Rule, validate, wholeNumber } from "../../../components/shared/validation";

const fix = "Change it.";

describe("validation", () => {
    it("passes when every rule holds", () => {
        assert.doesNotThrow(() =>
            validate("Thing", "it", [
                wholeNumber("count", 2, { min: 2, max: 4 }, fix),
                wholeNumber("count", 4, { min: 2, max: 4 }, fix),
                oneOf("mode", "A", ["A", "B"], fix),
                matching("name", "abc", /^[a-z]+$/, "letters", fix),
                required("id", "vpc-1", "an id", fix),
            ]),
        );
    });

    it("lists every failure in one error: what, given, allowed, fix", () => {
        assert.throws(
            () =>
                validate("Thing", "it", [
                    wholeNumber("count", 5, { min: 2, max: 4, unit: "zones" }, "Lower it."),
                    oneOf("mode", "C", ["A", "B"], "Choose one."),
                    matching("name", "a-c", /^[a-z]+$/, "lower-case letters", "Remove the hyphen."),
                    required("source.branch", undefined, "the name of a branch", "Set it."),
                ]),
            {
                message: [
                    'AP2002: Thing "it" has 4 invalid arguments; nothing of it was created:',
                    "  - AP2103: count: given 5. Allowed: a whole number from 2 to 4 zones. Lower it.",
                    '  - AP2104: mode: given "C". Allowed: "A", "B". Choose one.',
                    '  - AP2105: name: given "a-c". Allowed: lower-case letters. Remove the hyphen.',
                    "  - AP2101: source.branch: given nothing. Allowed: the name of a branch. Set it.",
                    "Correct the program, and run the command again.",
                ].join("\n"),
            },
        );
    });

    it("names each kind of failure by its code, and keeps its facts", () => {
        const rules: [Rule, string][] = [
            [required("a", "", "an id", fix), "AP2101"],
            [matching("a", null, /^a$/, "a", fix), "AP2101"],
            [matching("a", 1, /^a$/, "a", fix), "AP2102"],
            [wholeNumber("a", "2", { min: 2, max: 4 }, fix), "AP2102"],
            [wholeNumber("a", 5, { min: 2, max: 4 }, fix), "AP2103"],
            [oneOf("a", "C", ["A"], fix), "AP2104"],
            [matching("a", "b", /^a$/, "a", fix), "AP2105"],
        ];
        const expected = rules.map(([{ arg, allowed }, code]) => ({ code, arg, allowed, fix }));
        assert.throws(
            () =>
                validate(
                    "Thing",
                    "it",
                    rules.map(([rule]) => rule),
                ),
            (error) => {
                assert.ok(error instanceof InfrastructureError);
                assert.ok(pulumi.RunError.isInstance(error), "Pulumi prints it without a stack trace");
                assert.equal(error.code, "AP2002");
                assert.deepEqual(
                    error.failures.map(({ code, facts: { arg, allowed, fix } }) => ({ code, arg, allowed, fix })),
                    expected,
                );
                return true;
            },
        );
    });

    it("counts one failure as one", () => {
        assert.throws(() => validate("Thing", "it", [required("id", "", "an id", "Set it.")]), {
            message:
                'AP2002: Thing "it" has 1 invalid argument; nothing of it was created:\n  - AP2101: id: given "". Allowed: an id. Set it.\nCorrect the program, and run the command again.',
        });
    });

    it("rejects fractions, text and other non-numbers", () => {
        for (const given of [2.5, "2", Number.NaN, null, 1, 5]) {
            const rule = wholeNumber("count", given, { min: 2, max: 4 }, fix);
            assert.equal(rule.valid, false, `${given}`);
        }
    });

    it("prints numbers as they are", () => {
        const rule = wholeNumber("count", Number.NaN, { min: 2, max: 4 }, fix);
        assert.throws(() => validate("Thing", "it", [rule]), /count: given NaN\./);
    });

    it("uses the default for an absent optional value", () => {
        assert.ok(wholeNumber("count", undefined, { min: 2, max: 4 }, fix).valid);
        assert.ok(oneOf("mode", undefined, ["A"], fix).valid);
        assert.ok(matching("name", undefined, /^a$/, "a", fix).valid);
    });

    it("skips values that are not known yet", () => {
        for (const given of [pulumi.output("x"), Promise.resolve("x")]) {
            assert.doesNotThrow(() => validate("Thing", "it", [oneOf("mode", given, ["A"], fix)]));
        }
    });

    it("never prints a secret", () => {
        const rule: Rule = {
            arg: "masterPassword",
            kind: "Malformed",
            given: "hunter2",
            valid: false,
            allowed: "16 characters",
            fix,
            secret: true,
        };
        assert.throws(() => validate("Thing", "it", [rule]), {
            message:
                'AP2002: Thing "it" has 1 invalid argument; nothing of it was created:\n' +
                "  - AP2105: masterPassword: given (hidden). Allowed: 16 characters. Change it.\nCorrect the program, and run the command again.",
        });
    });
});
