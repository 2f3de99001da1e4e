import { columnsOf, type Statement, type StatementRule } from "./read";

// Rules about how statements are written: what fails, is read in another way than meant, or turns a guard off.

const isRoutine = ({ plain }: Statement): boolean =>
    /^CREATE (?:OR REPLACE )?(?:DEFINER ?= ?\S+ )?(?:PROCEDURE|FUNCTION|TRIGGER|EVENT)\b/i.test(plain);

/** A pattern in the statement itself, not in the body of a routine, which runs later. */
function matching(rule: StatementRule["rule"], pattern: RegExp, what: string, also = true): StatementRule {
    return {
        rule,
        finds: (statement) => (also && !isRoutine(statement) && pattern.test(statement.plain) ? what : undefined),
    };
}

function inColumns(rule: StatementRule["rule"], pattern: RegExp, what: (column: string) => string): StatementRule {
    return {
        rule,
        finds: (statement) => {
            const found = columnsOf(statement).find(({ definition }) => pattern.test(definition));
            return found && what(found.to);
        },
    };
}

const reserved = new Set(
    (
        "CUBE CUME_DIST DENSE_RANK EMPTY EXCEPT FIRST_VALUE FUNCTION GROUPING GROUPS INTERSECT JSON_TABLE LAG LAST_VALUE LATERAL LEAD " +
        "NTH_VALUE NTILE OF OVER PERCENT_RANK RANK RECURSIVE ROW_NUMBER SYSTEM WINDOW " +
        "CONDITION DESC GROUP INDEX INTERVAL KEY KEYS ORDER RANGE READS RELEASE SCHEMA TABLE TRIGGER USAGE VALUES WHEN"
    ).split(" "),
);

export const shapeRules: StatementRule[] = [
    {
        rule: "definer-given",
        finds: ({ plain }) =>
            /\bDEFINER ?= ?(?!CURRENT_USER\b)\S+/i.test(plain.slice(0, 300)) && /^(?:CREATE|ALTER)\b/i.test(plain)
                ? "it names a definer"
                : undefined,
    },
    matching(
        "administrator-statement",
        /^(?:GRANT|REVOKE|(?:CREATE|ALTER|DROP|RENAME) (?:USER|ROLE)|SET (?:GLOBAL|PERSIST|PASSWORD)|SET @@(?:GLOBAL|PERSIST)|FLUSH|INSTALL|UNINSTALL|(?:CREATE|DROP) DATABASE|(?:CREATE|DROP) SCHEMA|KILL|RESET|SHUTDOWN)\b/i,
        "it needs privileges that the migrator does not have",
    ),
    matching(
        "explicit-transaction",
        /^(?:BEGIN|START TRANSACTION|COMMIT|ROLLBACK|LOCK TABLES?|UNLOCK TABLES?|SET (?:SESSION |@@)?AUTOCOMMIT)\b/i,
        "it begins or ends a transaction",
    ),
    matching(
        "checks-off",
        /^SET (?:SESSION |LOCAL |@@(?:SESSION\.|LOCAL\.)?)?(?:foreign_key_checks|unique_checks) ?= ?(?:0|OFF|''|FALSE)/i,
        "it turns the server's checks off",
    ),
    matching("sql-mode-set", /^SET (?:SESSION |LOCAL |@@(?:SESSION\.|LOCAL\.)?)?sql_mode\b/i, "it sets sql_mode"),
    matching("errors-ignored", /^(?:INSERT|UPDATE|DELETE|LOAD DATA)\b.*?\bIGNORE\b/i, "it ignores errors"),
    matching("replace-deletes", /^REPLACE\b/i, "REPLACE deletes the row that is there"),
    matching(
        "instant-with-lock",
        /\bALGORITHM ?=? ?INSTANT\b.*\bLOCK ?=? ?(?:NONE|SHARED|EXCLUSIVE)\b|\bLOCK ?=? ?(?:NONE|SHARED|EXCLUSIVE)\b.*\bALGORITHM ?=? ?INSTANT\b/i,
        "ALGORITHM=INSTANT takes no LOCK",
    ),
    matching("check-not-enforced", /\bNOT ENFORCED\b/i, "the check is NOT ENFORCED"),
    matching(
        "not-innodb",
        /\bENGINE ?=? ?(?:MyISAM|MEMORY|CSV|ARCHIVE|BLACKHOLE|MERGE|FEDERATED)\b/i,
        "its engine is not InnoDB",
    ),
    matching(
        "three-byte-charset",
        /\b(?:CHARSET|CHARACTER SET) ?=? ?(?:utf8|utf8mb3)\b|\bCOLLATE ?=? ?utf8(?:mb3)?_/i,
        "utf8 is utf8mb3",
    ),
    {
        rule: "zero-date",
        finds: ({ text, plain }) =>
            /^(?:CREATE|ALTER) TABLE/i.test(plain) && /\bDEFAULT\s+(?:TIMESTAMP\s*)?'0000-00-00/i.test(text)
                ? "a default is a date of zeros"
                : undefined,
    },
    inColumns(
        "large-type-default",
        /^(?:TINY|MEDIUM|LONG)?(?:TEXT|BLOB)\b.*\bDEFAULT (?!NULL\b|\()|^(?:JSON|GEOMETRY)\b.*\bDEFAULT (?!NULL\b|\()/i,
        (column) => `${column} has a literal as its default`,
    ),
    inColumns(
        "float-auto-increment",
        /^(?:FLOAT|DOUBLE|REAL)\b.*\bAUTO_INCREMENT\b/i,
        (column) => `${column} is a FLOAT or DOUBLE that counts up`,
    ),
    inColumns(
        "display-width",
        /^(?:TINYINT|SMALLINT|MEDIUMINT|INT|INTEGER|BIGINT) ?\((?!1\))\d+\)|\bZEROFILL\b/i,
        (column) => `${column} has a display width`,
    ),
    inColumns("timestamp-ends-2038", /^TIMESTAMP\b/i, (column) => `${column} is a TIMESTAMP`),
    {
        rule: "reserved-word",
        finds: (statement) => {
            const found = statement.parts
                .map((part) => part.replace(/^(?:ADD|CHANGE|MODIFY)(?: COLUMN)? /i, ""))
                .map(
                    (part) =>
                        /^(\w+) (?:\w*INT|\w*TEXT|(?:VAR)?CHAR|DATE|DATETIME|DECIMAL|JSON|DOUBLE|FLOAT|ENUM|BOOL\w*)\b/i.exec(
                            part,
                        )?.[1],
                )
                .find((word) => word !== undefined && reserved.has(word.toUpperCase()));
            return found && `${found} is a reserved word`;
        },
    },
    {
        rule: "key-without-length",
        finds: (statement) => {
            const large = columnsOf(statement).filter(({ definition }) =>
                /^(?:TINY|MEDIUM|LONG)?(?:TEXT|BLOB)\b/i.test(definition),
            );
            const keys = statement.parts.filter(
                (part) => /\b(?:KEY|INDEX|UNIQUE)\b[^(]*\(/i.test(part) && !/FULLTEXT|FOREIGN/i.test(part),
            );
            const found = large.find(
                ({ to, definition }) =>
                    /\b(?:PRIMARY KEY|UNIQUE)\b/i.test(definition) ||
                    keys.some((key) =>
                        new RegExp(
                            `[(,] ?\`?${to.replaceAll(/\W/g, String.raw`\$&`)}\`? ?(?:ASC|DESC)? ?[,)]`,
                            "i",
                        ).test(key),
                    ),
            );
            return found && `the key on ${found.to} has no length`;
        },
    },
    {
        rule: "primary-key-missing",
        finds: ({ plain, parts, options }) =>
            /^CREATE TABLE /i.test(plain) &&
            parts.length > 0 &&
            !/\bLIKE\b/i.test(parts[0]!.slice(0, 5)) &&
            !/\bPRIMARY KEY\b/i.test(parts.join()) &&
            !/\bSELECT\b/i.test(options)
                ? "it has no primary key"
                : undefined,
    },
    {
        rule: "create-as-select",
        finds: ({ plain }) =>
            /^CREATE TABLE\b.*?\bSELECT\b/i.test(plain) ? "it copies rows, and neither keys nor defaults" : undefined,
    },
];
