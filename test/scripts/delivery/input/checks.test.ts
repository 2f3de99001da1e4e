import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { judge } from "../../../../scripts/delivery/safety/verify";
import { inputErrors } from "../../../../scripts/delivery/errors";
import { refusalOf } from "../../../support/refusal";
import { parseChecks } from "../../../../scripts/delivery/input/checks";

const refusal = (text: string) => refusalOf(() => parseChecks("verify/a.sql", text));
const malformed = (...problems: string[]) => new inputErrors.ChecksMalformed({ file: "verify/a.sql", problems });

describe("verification checks", () => {
    it("begin with a line that names them", () => {
        const text =
            "-- About orders.\n\n-- check: orders have customers\nSELECT count(*) = 0 -- none\n  FROM orders;\n--CHECK:second\nSELECT true\n";
        assert.deepEqual(parseChecks("verify/a.sql", text), [
            { name: "orders have customers", file: "verify/a.sql", sql: "SELECT count(*) = 0 -- none\n  FROM orders" },
            { name: "second", file: "verify/a.sql", sql: "SELECT true" },
        ]);
    });

    it("are returned unchanged", () => {
        const word = fc.stringMatching(/^[a-z][a-z ]{0,20}[a-z]$/);
        fc.assert(
            fc.property(fc.uniqueArray(word, { minLength: 1 }), (names) => {
                const text = names.map((name, index) => `-- check: ${name}\nSELECT ${index} = ${index};\n\n`).join("");
                assert.deepEqual(
                    parseChecks("a", text),
                    names.map((name, index) => ({ name, file: "a", sql: `SELECT ${index} = ${index}` })),
                );
            }),
        );
    });

    it("are refused with everything that is wrong", () => {
        assert.deepEqual(
            refusal(
                "SELECT true;\n-- check: empty\n-- nothing\n-- check:\nSELECT true\n-- check: same\nSELECT true\n-- check: same\nSELECT true",
            ),
            malformed(
                "SQL before the first line `-- check: <name>`",
                'check "empty" has no query',
                "a check without a name",
                'there are two checks "same"',
            ),
        );
        assert.deepEqual(
            refusal("-- nothing here\n"),
            malformed("no line `-- check: <name>`; each check begins with one"),
        );
    });

    const results: [string, unknown[][], string | undefined][] = [
        ["true", [[true]], undefined],
        ["false", [[false]], "is false"],
        ["unknown", [[null]], "returned null; a check must return a boolean"],
        ["a number", [[1]], "returned 1; a check must return a boolean"],
        ["the text true", [["true"]], 'returned "true"; a check must return a boolean'],
        ["no row", [], "returned 0 rows; a check must return one row with one boolean"],
        ["two rows", [[true], [true]], "returned 2 rows; a check must return one row with one boolean"],
        ["two columns", [[true, true]], "returned 2 columns; a check must return one row with one boolean"],
    ];
    for (const [what, rows, failure] of results) {
        it(`that return ${what} ${failure === undefined ? "hold" : "fail"}`, () => {
            assert.equal(judge(rows), failure);
        });
    }
});
