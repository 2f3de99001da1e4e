import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { postgresql } from "../../../../../scripts/delivery/engines/postgresql";
import { prepare } from "../../../../../scripts/delivery/tools/sql/prepare";

const part = (text: string, more: object = {}) => prepare({ file: "a.sql", line: 1, text, ...more }, postgresql.sql);
const texts = async (text: string, more?: object) => (await part(text, more)).statements.map((one) => one.text);

describe("a text of a folder", () => {
    it("is taken apart by the database's grammar, each statement with its line", async () => {
        const { statements } = await part("-- first\nSELECT ';' ;\n\nSELECT $$;$$\n  ;SELECT 3");
        assert.deepEqual(statements, [
            { text: "SELECT ';' ;", line: 2 },
            { text: "SELECT $$;$$\n  ;", line: 4 },
            { text: "SELECT 3", line: 5 },
        ]);
    });

    it("gives back each of its statements", async () => {
        const statement = fc.constantFrom("SELECT 'é;😀';", "CREATE TABLE a ();", "DO $x$ BEGIN END $x$;");
        await fc.assert(
            fc.asyncProperty(fc.array(statement, { maxLength: 8 }), async (statements) => {
                assert.deepEqual(await texts(statements.join("\n\n")), statements);
            }),
        );
    });

    it("is one transaction, also where it says so by itself", async () => {
        const framed = await part("BEGIN;\nSELECT 1;\nCOMMIT;");
        assert.deepEqual([framed.inTransaction, framed.statements], [true, [{ text: "SELECT 1;", line: 2 }]]);
        assert.equal((await part("SAVEPOINT a; SELECT 1; RELEASE a;")).inTransaction, true);
    });

    for (const text of [
        "CREATE INDEX CONCURRENTLY a ON b (c);",
        "SELECT 1; COMMIT; SELECT 2;",
        "BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 2; COMMIT;",
        "ROLLBACK;",
    ]) {
        it(`is no transaction if it is ${text}`, async () => {
            const { inTransaction, statements } = await part(text);
            assert.equal(inTransaction, false);
            assert.equal(statements.map((one) => one.text).join(" "), text);
        });
    }

    it("is no transaction if its author wants none", async () => {
        assert.equal((await part("SELECT 1;", { noTransaction: true })).inTransaction, false);
    });

    it("is sent as a whole if it cannot be parsed: the server says why", async () => {
        assert.deepEqual(await texts("SELEC 1; SELECT 2;"), ["SELEC 1; SELECT 2;"]);
    });

    it("is cut first where its author has cut it", async () => {
        const { statements } = await part("SELECT 1\n--> cut\nSELECT 2;\n", { cuts: ["--> cut"] });
        assert.deepEqual(statements, [
            { text: "SELECT 1", line: 1 },
            { text: "SELECT 2;", line: 3 },
        ]);
    });
});
