import type { LintRule } from "../../components/lintRules";

/** How a server shows that a bad example does harm. */
export interface Harm {
    /** The server refuses it with this error, or what `then` does after it. */
    refused?: number;
    /** The server accepts it with this warning. */
    warned?: number;
    /** This form of it, without blocking writes, is refused: 1845 or 1846. */
    online?: string;
    /** What a query answers afterwards, in one value. */
    shows?: { query: string; value: number };
    /** What another session cannot do meanwhile: error 3572. */
    blocks?: string;
}

export interface Pair {
    bad: string[];
    good: string[];
    harm: Harm;
    /** What the harm needs after the bad example. */
    then?: string[];
    /** In place of the migrator, whose session cannot set the option. */
    sessionOption?: string;
}

/** The tables that are there before each example, and what the catalog says of them. */
export const tablesBefore = [
    "CREATE TABLE p (id INT PRIMARY KEY)",
    "CREATE TABLE c (id INT PRIMARY KEY, p_id INT, FOREIGN KEY (p_id) REFERENCES p (id) ON DELETE CASCADE)",
    "CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL DEFAULT 0, s VARCHAR(50), b TEXT, e ENUM('a', 'b'), d DATE)",
    "INSERT INTO p VALUES (0), (1)",
    "INSERT INTO c VALUES (1, 1)",
    "INSERT INTO t (id) VALUES (10), (11), (12)",
];
export const catalogBefore = [
    ...["p", "c", "t"].map((name) => ({ kind: "table", name, definition: "ENGINE InnoDB" })),
    { kind: "column", name: "t.n", definition: "int, NOT NULL, DEFAULT '0'" },
    { kind: "column", name: "t.s", definition: "varchar(50), COLLATE utf8mb4_0900_ai_ci" },
    { kind: "column", name: "t.b", definition: "text, COLLATE utf8mb4_0900_ai_ci" },
    { kind: "column", name: "t.e", definition: "enum('a','b'), COLLATE utf8mb4_0900_ai_ci" },
];

const create = (rest: string) => `CREATE TABLE x (id INT PRIMARY KEY, ${rest})`;
const alter = (rest: string) => `ALTER TABLE t ${rest}`;
const instant = (rest: string) => [alter(`${rest}, ALGORITHM=INSTANT`)];
const inPlace = (rest: string) => [alter(`${rest}, ALGORITHM=INPLACE, LOCK=NONE`)];
/** A change that the server carries out with writes blocked only. */
const blocking = (rest: string, good: string[]): Pair => ({
    bad: [alter(rest)],
    good,
    harm: { online: alter(`${rest}, ALGORITHM=INPLACE, LOCK=NONE`) },
});
const columns = (table: string, column: string) =>
    `SELECT COUNT(*) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '${table}' AND COLUMN_NAME = '${column}'`;

export const mysqlLintPairs: Partial<Record<LintRule, Pair>> = {
    "one-ddl-statement": {
        bad: ["CREATE TABLE x (id INT PRIMARY KEY)", "CREATE TABLE t (id INT PRIMARY KEY)"],
        good: ["CREATE TABLE x (id INT PRIMARY KEY)"],
        harm: { refused: 1050, shows: { query: columns("x", "id"), value: 1 } },
    },
    "definer-given": {
        bad: ["CREATE DEFINER = root@localhost VIEW v AS SELECT 1"],
        good: ["CREATE SQL SECURITY INVOKER VIEW v AS SELECT 1"],
        harm: { refused: 1227 },
    },
    "administrator-statement": {
        bad: ["CREATE USER other"],
        good: [create("n INT")],
        harm: { refused: 1227 },
    },
    "explicit-transaction": {
        bad: ["START TRANSACTION", "INSERT INTO t (id) VALUES (1)", "COMMIT"],
        then: ["INSERT INTO t (id) VALUES (10)"],
        good: ["INSERT INTO t (id) VALUES (1)"],
        harm: { refused: 1062, shows: { query: "SELECT COUNT(*) FROM t WHERE id = 1", value: 1 } },
    },
    "zero-date": {
        bad: [create("d DATE NOT NULL DEFAULT '0000-00-00'")],
        good: [create("d DATE NULL")],
        harm: { refused: 1067 },
    },
    "large-type-default": {
        bad: [create("b TEXT DEFAULT 'x'")],
        good: [create("b TEXT DEFAULT ('x')")],
        harm: { refused: 1101 },
    },
    "instant-with-lock": {
        bad: [alter("ADD COLUMN x INT, ALGORITHM=INSTANT, LOCK=NONE")],
        good: instant("ADD COLUMN x INT"),
        harm: { refused: 1221 },
    },
    "reserved-word": {
        bad: [create("rank INT")],
        good: [create("`rank` INT, place INT")],
        harm: { refused: 1064 },
    },
    "key-without-length": {
        bad: [create("b TEXT, KEY (b)")],
        good: [create("b TEXT, KEY (b(20))")],
        harm: { refused: 1170 },
    },
    "float-auto-increment": {
        bad: ["CREATE TABLE x (id DOUBLE AUTO_INCREMENT PRIMARY KEY)"],
        good: ["CREATE TABLE x (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY)"],
        harm: { warned: 3856 },
    },
    "checks-off": {
        bad: ["SET foreign_key_checks = 0", "INSERT INTO c (id, p_id) VALUES (2, 99)"],
        good: ["INSERT INTO p (id) VALUES (2)", "INSERT INTO c (id, p_id) VALUES (2, 2)"],
        harm: { shows: { query: "SELECT COUNT(*) FROM c WHERE p_id = 99", value: 1 } },
    },
    "sql-mode-set": {
        bad: ["SET SESSION sql_mode = ''", "INSERT INTO t (id, s) VALUES (1, REPEAT('x', 60))"],
        good: ["INSERT INTO t (id, s) VALUES (1, 'x')"],
        harm: { shows: { query: "SELECT LENGTH(s) FROM t WHERE id = 1", value: 50 } },
    },
    "errors-ignored": {
        bad: ["INSERT IGNORE INTO t (id, s) VALUES (1, REPEAT('x', 60))"],
        good: ["INSERT INTO t (id, s) VALUES (1, 'x') ON DUPLICATE KEY UPDATE s = 'x'"],
        harm: { shows: { query: "SELECT LENGTH(s) FROM t WHERE id = 1", value: 50 } },
    },
    "check-not-enforced": {
        bad: [create("n INT, CHECK (n > 0) NOT ENFORCED")],
        then: ["INSERT INTO x VALUES (1, -1)"],
        good: [create("n INT, CHECK (n > 0)")],
        harm: { shows: { query: "SELECT COUNT(*) FROM x WHERE n < 0", value: 1 } },
    },
    "not-innodb": {
        bad: ["CREATE TABLE x (id INT PRIMARY KEY) ENGINE=MyISAM"],
        then: ["START TRANSACTION", "INSERT INTO x VALUES (1)", "ROLLBACK"],
        good: ["CREATE TABLE x (id INT PRIMARY KEY)"],
        harm: { shows: { query: "SELECT COUNT(*) FROM x", value: 1 } },
    },
    "replace-deletes": {
        bad: ["REPLACE INTO p (id) VALUES (1)"],
        good: ["INSERT INTO p (id) VALUES (1) ON DUPLICATE KEY UPDATE id = 1"],
        harm: { shows: { query: "SELECT COUNT(*) FROM c", value: 0 } },
    },
    "column-dropped": {
        bad: instant("DROP COLUMN s"),
        good: instant("ALTER COLUMN s SET INVISIBLE"),
        harm: { shows: { query: columns("t", "s"), value: 0 } },
    },
    "rows-dropped": {
        bad: ["TRUNCATE t"],
        then: ["ROLLBACK"],
        good: ["CREATE TABLE t_copy LIKE t"],
        harm: { shows: { query: "SELECT COUNT(*) FROM t", value: 0 } },
    },
    "renamed-in-use": {
        bad: instant("RENAME COLUMN s TO s2"),
        then: ["SELECT s FROM t"],
        good: instant("ADD COLUMN s2 VARCHAR(50)"),
        harm: { refused: 1054 },
    },
    "implicit-default": {
        bad: instant("ADD COLUMN x INT NOT NULL"),
        good: instant("ADD COLUMN x INT NOT NULL DEFAULT 1"),
        harm: { shows: { query: "SELECT COUNT(*) FROM t WHERE x = 0", value: 3 } },
    },
    "type-change-copies": blocking("MODIFY n BIGINT NOT NULL DEFAULT 0", inPlace("MODIFY s VARCHAR(60)")),
    "enum-values-moved": blocking("MODIFY e ENUM('b', 'a')", instant("MODIFY e ENUM('a', 'b', 'c')")),
    "charset-conversion": blocking(
        "CONVERT TO CHARACTER SET utf16",
        inPlace("DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"),
    ),
    "foreign-key-copies": blocking("ADD CONSTRAINT f FOREIGN KEY (n) REFERENCES p (id)", [
        create("p_id INT, FOREIGN KEY (p_id) REFERENCES p (id)"),
    ]),
    "check-copies": blocking("ADD CONSTRAINT positive CHECK (n >= 0)", [create("n INT, CHECK (n >= 0)")]),
    "stored-column": blocking("ADD COLUMN x INT AS (n + 1) STORED", instant("ADD COLUMN x INT AS (n + 1) VIRTUAL")),
    "partition-change": {
        bad: [alter("PARTITION BY HASH (id) PARTITIONS 2")],
        good: ["CREATE TABLE x (id INT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 2"],
        harm: { online: alter("ALGORITHM=INPLACE, LOCK=NONE PARTITION BY HASH (id) PARTITIONS 2") },
    },
    "primary-key-dropped": blocking("DROP PRIMARY KEY", inPlace("DROP PRIMARY KEY, ADD PRIMARY KEY (id, n)")),
    "fulltext-blocks-writes": blocking("ADD FULLTEXT INDEX words (s)", inPlace("ADD INDEX words (s)")),
    "algorithm-copy": {
        bad: [alter("ADD COLUMN x INT, ALGORITHM=COPY")],
        good: instant("ADD COLUMN x INT"),
        harm: { online: alter("ADD COLUMN x INT, ALGORITHM=COPY, LOCK=NONE") },
    },
    "algorithm-not-given": blocking("MODIFY s VARCHAR(50) CHARACTER SET latin1", inPlace("ADD INDEX numbers (n)")),
    "every-row": {
        bad: ["UPDATE t SET n = 1"],
        good: ["UPDATE t SET n = 1 WHERE id BETWEEN 1 AND 10"],
        harm: { blocks: "SELECT id FROM t WHERE id = 12 FOR UPDATE NOWAIT" },
    },
    "primary-key-missing": {
        bad: ["CREATE TABLE x (id INT)"],
        good: ["CREATE TABLE x (id INT PRIMARY KEY)"],
        sessionOption: "SET SESSION sql_require_primary_key = ON",
        harm: { refused: 3750 },
    },
    "three-byte-charset": {
        bad: [create("s VARCHAR(10) CHARACTER SET utf8")],
        then: ["INSERT INTO x VALUES (1, '\u{1F600}')"],
        good: [create("s VARCHAR(10) CHARACTER SET utf8mb4")],
        harm: { refused: 1366 },
    },
    "timestamp-ends-2038": {
        bad: [create("at TIMESTAMP NULL")],
        then: ["INSERT INTO x VALUES (1, '2039-01-01 00:00:00')"],
        good: [create("at DATETIME(6)")],
        harm: { refused: 1292 },
    },
    "display-width": {
        bad: [create("n INT(5)")],
        good: [create("n INT")],
        harm: { warned: 1681 },
    },
    "create-as-select": {
        bad: ["CREATE TABLE x AS SELECT id, n FROM t"],
        good: ["CREATE TABLE x LIKE t"],
        harm: {
            shows: {
                query: "SELECT COUNT(*) FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'x'",
                value: 0,
            },
        },
    },
};
