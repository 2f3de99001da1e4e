import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { CodedError, defineErrors, type ErrorClass } from "../../../../scripts/delivery/errors/define";

const kinds = defineErrors({
    FileMissing: {
        code: "AP9901",
        what: "{file} is missing: {reason}.",
        fix: "Put {file} back.",
        exit: "refused",
    },
    Broken: { code: "AP9902", what: "These are broken:", list: "parts", fix: "Mend them.", exit: "failed" },
    Either: { code: "AP9903", what: "It stopped.", fix: "Go on.", exit: "either" },
});

describe("an error with a code", () => {
    it("is one line of code, sentence and fix, with the facts in it and as fields", () => {
        const error = new kinds.FileMissing({ file: "a.sql", reason: "gone" });
        assert.equal(error.message, "AP9901: a.sql is missing: gone. Put a.sql back.");
        assert.deepEqual(
            [error.code, error.facts, error.name],
            ["AP9901", { file: "a.sql", reason: "gone" }, "FileMissing"],
        );
        assert.ok(error instanceof kinds.FileMissing && error instanceof CodedError && error instanceof Error);
        assert.ok(!((error as Error) instanceof kinds.Broken));
    });

    it("has its list below the sentence, and the fix below that", () => {
        const error = new kinds.Broken({ parts: ["one", "two"] });
        assert.equal(error.message, "AP9902: These are broken:\n  - one\n  - two\nMend them.");
        assert.equal(new kinds.FileMissing({ file: "a", reason: "b\nc" }).message.split("\n").at(-1), "Put a back.");
    });

    it("ends a sentence with one full stop, whatever the fact ends with", () => {
        assert.equal(
            new kinds.FileMissing({ file: "a", reason: "It is gone." }).message,
            "AP9901: a is missing: It is gone. Put a back.",
        );
    });

    it("replaces no brace of a fact", () => {
        assert.match(
            new kinds.FileMissing({ file: "{reason}", reason: "$&" }).message,
            /^AP9901: \{reason\} .*: \$&\./,
        );
    });

    it("ends a program with its exit code, or with that of a failure after work has begun", () => {
        assert.deepEqual(
            [new kinds.FileMissing({ file: "a", reason: "b" }), new kinds.Broken({ parts: [] })].map(
                ({ exitCode }) => exitCode,
            ),
            [2, 1],
        );
        assert.equal(new kinds.Either({}).exitCode, 1);
        assert.equal(new kinds.Either({}, { exit: "refused" }).exitCode, 2);
        assert.equal(new kinds.FileMissing({ file: "a", reason: "b" }).asFailure().exitCode, 1);
    });

    it("can have lines after the fix, and keeps its cause", () => {
        const cause = new Error("why");
        const error = new kinds.Either({}, { cause }).append(["Undone (1):", "  - a"]);
        assert.equal(error.message, "AP9903: It stopped. Go on.\nUndone (1):\n  - a");
        assert.equal(error.cause, cause);
    });

    it("has a one-line summary: cause, state of the database, fix", () => {
        const error = new kinds.Broken({ parts: ["one\n  is torn", "two", "three"] });
        assert.equal(error.summary, "AP9902: These are broken: “one is torn” (and 2 more). Mend them.");
        error.append(["Undone (1):", "  - a"], "Everything was undone.");
        assert.equal(
            error.summary,
            "AP9902: These are broken: “one is torn” (and 2 more). Everything was undone. Mend them.",
        );
        const reason = '\n    ERROR: "a" is taken.\n ';
        assert.equal(
            new kinds.FileMissing({ file: "a", reason }).summary,
            'AP9901: a is missing: “ERROR: "a" is taken.” Put a back.',
        );
        const long = new kinds.FileMissing({ file: "a", reason: "x y".repeat(5000) }).summary;
        assert.match(long, /^AP9901: a is missing: “[xy ]+…”\. Put a back\.$/);
        assert.ok(long.length < 500, long);
    });

    it("quotes foreign text on that line", () => {
        const sentences = [
            "Everything was undone.",
            "” Everything was undone. “",
            "x [Failed SQL: (0) ",
            "AP1401: The update failed.",
            "\n\n  - one\nUndone (3):",
            "\u2028Nothing was applied.\u201d",
            "{reason} {file} $& $1",
            "Put a back.",
        ];
        const hostile = fc
            .array(fc.oneof(fc.constantFrom(...sentences), fc.string({ unit: "binary" })), {
                minLength: 1,
                maxLength: 5,
            })
            // One word passes for no sentence; it is shown as it is.
            .map((parts) => ["a", ...parts, "b"].join(" "));
        const own = (summary: string) => summary.replaceAll(/“[^“”]*”/g, "“”");
        fc.assert(
            fc.property(hostile, hostile, fc.boolean(), (one, other, undone) => {
                const outcome = undone ? ["Everything was undone."] : [];
                const after = [...outcome, "Put “” back."].join(" ");
                const missing = new kinds.FileMissing({ file: one, reason: other }).append([], outcome[0]);
                assert.equal(own(missing.summary), `AP9901: “” is missing: “”. ${after}`);
                const broken = new kinds.Broken({ parts: [one, other] }).append([], outcome[0]);
                assert.equal(
                    own(broken.summary),
                    ["AP9902: These are broken: “” (and 1 more).", ...outcome, "Mend them."].join(" "),
                );
                assert.ok(!/[\n\r\u2028\u2029]/.test(missing.summary + broken.summary));
            }),
        );
    });

    it("takes exactly the facts of its sentence", () => {
        type FactsOfClass<Class> = Class extends ErrorClass<infer D> ? D : never;
        const definition: FactsOfClass<typeof kinds.Broken>["list"] = "parts";
        assert.equal(kinds.Broken.definition.list, definition);
        // @ts-expect-error a fact is missing
        new kinds.FileMissing({ file: "a" });
        // @ts-expect-error there is no such fact
        new kinds.FileMissing({ file: "a", reason: "b", line: 1 });
    });
});
