import assert from "node:assert/strict";
import { linter } from "../../../../../scripts/delivery/engines/mysql/lint";
import { readStatement, sql, withoutComments } from "../../../../../scripts/delivery/engines/mysql/sql/statements";
import { versionNumber, versions } from "../../../../../scripts/delivery/engines/mysql/versions";

describe("MySQL's statements", () => {
    const commits = (text: string) => readStatement(text)?.commits;

    it("commit implicitly where the manual says so, whatever precedes them", () => {
        for (const text of [
            "CREATE TABLE t (id int)",
            "create\n\tunique index i on t (a)",
            "-- why\nALTER TABLE t ADD COLUMN a int",
            "# why\n/* and how */ DROP TRIGGER x",
            "/*!50100 ALTER TABLE t ENGINE = InnoDB */",
            "TRUNCATE t",
            "RENAME TABLE a TO b",
            "GRANT SELECT ON t TO someone",
            "LOCK TABLES t WRITE",
        ]) {
            assert.equal(commits(text), true, text);
        }
    });

    it("leave the transaction open where they only change or read rows", () => {
        for (const text of [
            "INSERT INTO t VALUES (1)",
            "/* ALTER */ UPDATE t SET a = 'DROP TABLE x'",
            "WITH x AS (SELECT 1) SELECT * FROM x",
            "CREATE TEMPORARY TABLE x (id int)",
            "DROP TEMPORARY TABLE x",
            "CALL fill()",
            "SET @a = 1",
        ]) {
            assert.equal(commits(text), false, text);
        }
    });

    it("are counted without pure comments", async () => {
        assert.equal(await sql.count(["SELECT 1", "-- nothing", " ", "/* no */", "DROP TABLE a"]), 2);
        assert.equal(withoutComments("--not a comment"), "--not a comment");
    });
});

describe("MySQL's rule of one schema change a changeset", () => {
    async function findings(...texts: string[]): Promise<string[]> {
        const changeset = { id: "1", author: "a", file: "f.sql", runInTransaction: true, sql: texts };
        const written = { onlySql: true, sql: texts.map((text, index) => ({ text, line: 10 + index })) };
        const judge = await linter.begin([changeset], { levels: {} as never, program: "", trackingTables: [] });
        const [verdict] = await judge.judge([{ changeset, key: "f.sql::1::a", written, mayNotRun: false }], []);
        return verdict!.form.map(({ rule, what, line }) => `${rule} ${line}: ${what}`);
    }

    it("finds a second statement next to one that commits implicitly", async () => {
        assert.deepEqual(await findings("CREATE TABLE a (id int)", "CREATE TABLE b (id int)"), [
            "one-ddl-statement 11: f.sql::1::a has 2 statements, and CREATE TABLE commits by itself: CREATE TABLE a (id int) … CREATE TABLE b (id int)",
        ]);
        assert.equal((await findings("INSERT INTO a VALUES (1)", "ALTER TABLE a ADD b int")).length, 1);
    });

    it("allows one schema change, and any number of row changes", async () => {
        assert.deepEqual(await findings("CREATE TABLE a (id int)"), []);
        assert.deepEqual(await findings("-- why", "CREATE TABLE a (id int)"), []);
        assert.deepEqual(await findings("INSERT INTO a VALUES (1)", "UPDATE a SET id = 2"), []);
    });
});

describe("MySQL's versions", () => {
    it("are lines of releases", () => {
        assert.equal(versionNumber("8.0.33"), 80033);
        assert.equal(versionNumber("8.0.mysql_aurora.3.08.0"), 80000);
        assert.deepEqual(
            [80033, 80042, 80405, 90700].map((server) => versions.majorVersion(server)),
            [8, 8, 8.4, 9.7],
        );
    });
});
