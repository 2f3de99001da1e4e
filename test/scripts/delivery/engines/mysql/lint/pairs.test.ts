import assert from "node:assert/strict";
import { mysql } from "../../../../../../scripts/delivery/engines/mysql";
import { liquibase } from "../../../../../../scripts/delivery/tools/liquibase";
import { catalogBefore, mysqlLintPairs, type Pair } from "../../../../../support/mysqlLintPairs";

// What a server says of each pair: test/integration/mysqlLint.test.ts.

async function findings(sql: string[], catalog = catalogBefore): Promise<string[]> {
    const changeset = { id: "1", author: "a", file: "f.sql", runInTransaction: true, sql };
    const written = { onlySql: true, sql: sql.map((text, index) => ({ text, line: 10 + index })) };
    const judge = await mysql.linter.begin([changeset], {
        levels: {} as never,
        program: "",
        trackingTables: [],
        catalog,
    });
    const [verdict] = await judge.judge([{ changeset, key: "f.sql::1::a", written, mayNotRun: false }], []);
    return verdict!.withoutEchoes([...verdict!.form, ...verdict!.content]).map(({ rule, line }) => `${rule} ${line}`);
}

describe("MySQL's lint rules", () => {
    it("all have a pair of examples", () => {
        const rules = mysql.linter.rules({ ...liquibase.terms, tool: liquibase.name });
        assert.deepEqual(Object.keys(mysqlLintPairs).sort(), Object.keys(rules).sort());
        assert.ok(Object.keys(rules).length >= 25);
    });

    for (const [rule, { bad, good }] of Object.entries<Pair>(mysqlLintPairs)) {
        it(`${rule} finds the bad example and not the good one`, async () => {
            const found = await findings(bad);
            assert.ok(
                found.some((one) => one.startsWith(`${rule} 1`)),
                found.join(),
            );
            assert.deepEqual(await findings(good), []);
        });
    }

    it("say nothing of locks and losses where the release creates the table itself", async () => {
        for (const sql of [
            "ALTER TABLE own MODIFY n BIGINT",
            "ALTER TABLE own ADD CHECK (n > 0)",
            "DROP TABLE own",
            "UPDATE own SET n = 1",
        ])
            assert.deepEqual(await findings([sql]), [], sql);
    });

    it("look at the statement, whatever comments, strings, quotes and case hide", async () => {
        for (const [sql, rule] of [
            ["/* harmless */ alter /* x */ table `t` -- why\n modify column `n` bigint", "type-change-copies"],
            ["ALTER TABLE app.t MODIFY n BIGINT", "type-change-copies"],
            ["/*!50100 ALTER TABLE t CONVERT TO CHARACTER SET latin1 */", "charset-conversion"],
            ["CREATE FULLTEXT INDEX f ON t (s)", "fulltext-blocks-writes"],
            ["ALTER TABLE t CHANGE s s2 VARCHAR(50), ALGORITHM=INSTANT", "renamed-in-use"],
            ["ALTER TABLE t MODIFY s VARCHAR(64)", "type-change-copies"],
            ["ALTER TABLE t MODIFY s VARCHAR(40)", "type-change-copies"],
            ["ALTER TABLE t DROP b", "column-dropped"],
            ["DELETE FROM t", "every-row"],
            ["create definer='root'@'localhost' trigger x before insert on t for each row set @a = 1", "definer-given"],
        ] as const)
            assert.ok(
                (await findings([sql])).some((one) => one.startsWith(rule)),
                sql,
            );
        for (const sql of [
            "INSERT INTO t (id, s) VALUES (1, 'ALTER TABLE t DROP COLUMN s; IGNORE')",
            "SELECT 'GRANT' -- GRANT ALL",
            "ALTER TABLE t DROP INDEX s, ALGORITHM=INPLACE, LOCK=NONE",
            "ALTER TABLE t MODIFY s VARCHAR(63), ALGORITHM=INPLACE, LOCK=NONE",
            "CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET NEW.n = 1",
            "CREATE PROCEDURE x() BEGIN START TRANSACTION; REPLACE INTO t (id) VALUES (1); COMMIT; END",
        ])
            assert.deepEqual(await findings([sql]), [], sql);
    });
});
