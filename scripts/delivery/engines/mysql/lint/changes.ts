import { columnsOf, split, type Statement, type StatementRule, type World } from "./read";

// Rules about tables that are there already: what blocks their users, loses data, or breaks code that runs. How the server
// carries a change out was measured on 8.0: https://dev.mysql.com/doc/refman/8.0/en/innodb-online-ddl-operations.html

const isAlter = ({ verb }: Statement): boolean => verb === "ALTER TABLE";

/** A pattern in one part of an ALTER TABLE of a table that is there. */
function altering(rule: StatementRule["rule"], pattern: RegExp, what: string): StatementRule {
    return {
        rule,
        finds: (statement, world) =>
            isAlter(statement) && world.exists(statement.table) && statement.parts.some((part) => pattern.test(part))
                ? `${what} (${statement.table})`
                : undefined,
    };
}

/** A statement whose first words match, on a table that is there. */
function writing(rule: StatementRule["rule"], matches: (plain: string) => boolean, what: string): StatementRule {
    return {
        rule,
        finds: ({ plain, table }, world) => (matches(plain) && world.exists(table) ? `${what} (${table})` : undefined),
    };
}

/** The type as the catalog writes it: without the display width that old versions show. */
function typeOf(definition: string): string {
    return definition
        .toLowerCase()
        .replace(/^integer\b/, "int")
        .replace(/^bool(?:ean)?\b/, "tinyint")
        .replace(/^(\w*int) ?\(\d+\)/, "$1")
        .replace(/^(\w+) \(/, "$1(");
}

const family = (type: string): string => /^\w+/.exec(type)?.[0] ?? "";
const length = (type: string): number => Number(/^\w+\((\d+)\)/.exec(type)?.[1] ?? 0);

function copies(was: string, becomes: string): boolean {
    const [before, after] = [typeOf(was), typeOf(becomes)];
    if (family(before) !== family(after)) return true;
    if (/ unsigned\b/.test(before.split(",")[0]!) !== /\bunsigned\b/.test(after)) return true;
    if (family(after) !== "varchar") return false;
    // Up to 255 bytes the length takes one byte, beyond that two: four bytes a character.
    const grows = length(after) >= length(before);
    return !grows || (length(before) * 4 <= 255 && length(after) * 4 > 255);
}

/** The values of an ENUM or SET, as they are written. */
function valuesOf(definition: string): string[] | undefined {
    const inner = /^(?:enum|set)\s*\(((?:'(?:[^'\\]|\\.|'')*'|[^)'])*)\)/i.exec(definition)?.[1];
    return inner === undefined ? undefined : split(inner);
}

/** The definition in the statement as written, with its strings: columns are read from the plain text. */
function writtenDefinition({ text }: Statement, column: string): string {
    const [, definition = ""] =
        new RegExp(
            `\\b(?:MODIFY|CHANGE)(?:\\s+COLUMN)?\\s+(?:\`?${column.replaceAll(/\W/g, String.raw`\$&`)}\`?\\s+)(?:\`?\\w+\`?\\s+)?((?:enum|set)\\s*\\([\\s\\S]*)$`,
            "i",
        ).exec(text) ?? [];
    return definition;
}

const changedColumns = (statement: Statement, world: World) =>
    columnsOf(statement)
        .filter(({ added }) => isAlter(statement) && !added)
        .flatMap((column) => {
            const was = world.column(statement.table, column.name);
            return was === undefined ? [] : [{ ...column, was }];
        });

export const changeRules: StatementRule[] = [
    {
        rule: "type-change-copies",
        finds: (statement, world) => {
            const found = changedColumns(statement, world).find(
                ({ was, definition }) => !valuesOf(was) && copies(was, definition),
            );
            return (
                found &&
                `${statement.table}.${found.name} is ${found.was.split(",")[0]}, and its new type needs a copy of the table`
            );
        },
    },
    {
        rule: "enum-values-moved",
        finds: (statement, world) => {
            const found = changedColumns(statement, world).find(({ name, was }) => {
                const [before, after] = [valuesOf(was), valuesOf(writtenDefinition(statement, name))];
                return (
                    before !== undefined && after !== undefined && before.some((value, index) => after[index] !== value)
                );
            });
            return found && `the values of ${statement.table}.${found.name} are not only added at the end`;
        },
    },
    altering(
        "charset-conversion",
        /^CONVERT TO (?:CHARACTER SET|CHARSET)\b/i,
        "it writes every text of the table again",
    ),
    altering(
        "foreign-key-copies",
        /^ADD (?:CONSTRAINT (?:\S+ )?)?FOREIGN KEY\b/i,
        "it checks every row in a copy of the table",
    ),
    altering(
        "check-copies",
        /^ADD (?:CONSTRAINT (?:\S+ )?)?CHECK\b|^ADD CONSTRAINT \S+ CHECK\b/i,
        "it checks every row in a copy of the table",
    ),
    altering(
        "stored-column",
        /\b(?:AS|GENERATED ALWAYS AS) ?\(.*\bSTORED\b/i,
        "it computes the column in a copy of the table",
    ),
    altering(
        "partition-change",
        /\bPARTITION BY\b|^REMOVE PARTITIONING\b|^(?:COALESCE|REORGANIZE) PARTITION\b/i,
        "it moves the rows into a copy of the table",
    ),
    {
        rule: "primary-key-dropped",
        finds: (statement, world) =>
            isAlter(statement) &&
            world.exists(statement.table) &&
            statement.parts.some((part) => /^DROP PRIMARY KEY\b/i.test(part)) &&
            !statement.parts.some((part) => /^ADD (?:CONSTRAINT (?:\S+ )?)?PRIMARY KEY\b/i.test(part))
                ? `without its primary key the table is written again (${statement.table})`
                : undefined,
    },
    altering(
        "algorithm-copy",
        /^ALGORITHM ?=? ?COPY\b|^LOCK ?=? ?(?:SHARED|EXCLUSIVE)\b|^(?:ORDER BY)\b/i,
        "it asks for a copy, or for a lock that blocks writes",
    ),
    {
        rule: "fulltext-blocks-writes",
        finds: ({ plain, table, parts }, world) =>
            world.exists(table) &&
            (/^CREATE (?:FULLTEXT|SPATIAL) INDEX/i.test(plain) ||
                parts.some((part) => /^ADD (?:FULLTEXT|SPATIAL)\b/i.test(part)))
                ? `nobody can write until it is built (${table})`
                : undefined,
    },
    {
        rule: "algorithm-not-given",
        finds: (statement, world) =>
            isAlter(statement) &&
            world.exists(statement.table) &&
            !statement.parts.some((part) => /^ALGORITHM\b/i.test(part)) &&
            !/^(?:RENAME|DROP PARTITION|TRUNCATE PARTITION)/i.test(statement.parts[0] ?? "")
                ? `if it cannot be done in place, the server copies ${statement.table} without asking`
                : undefined,
    },
    {
        rule: "implicit-default",
        finds: (statement, world) => {
            const found = columnsOf(statement).find(
                ({ added, definition }) =>
                    isAlter(statement) &&
                    added &&
                    world.exists(statement.table) &&
                    /\bNOT NULL\b/i.test(definition) &&
                    !/\b(?:DEFAULT|AUTO_INCREMENT|AS ?\()/i.test(definition),
            );
            return found && `${statement.table}.${found.to} is NOT NULL without a default, so every row gets 0 or ''`;
        },
    },
    altering(
        "column-dropped",
        /^DROP (?!INDEX\b|KEY\b|PRIMARY\b|FOREIGN\b|CONSTRAINT\b|CHECK\b|PARTITION\b)(?:COLUMN )?`?\w+/i,
        "the values of the column are lost",
    ),
    writing(
        "rows-dropped",
        (plain) => /^(?:DROP TABLE|TRUNCATE)\b|^ALTER TABLE \S+ (?:DROP|TRUNCATE) PARTITION\b/i.test(plain),
        "its rows are lost",
    ),
    writing(
        "every-row",
        (plain) => /^(?:UPDATE|DELETE)\b/i.test(plain) && !/\b(?:WHERE|LIMIT)\b/i.test(plain),
        "it writes every row in one transaction",
    ),
    {
        rule: "renamed-in-use",
        finds: (statement, world) => {
            const renames =
                /^RENAME TABLE\b/i.test(statement.plain) ||
                (isAlter(statement) && statement.parts.some((part) => /^RENAME (?!INDEX\b|KEY\b)/i.test(part)));
            const changed =
                isAlter(statement) &&
                columnsOf(statement).some(({ name, to }) => name.toLowerCase() !== to.toLowerCase());
            return (renames || changed) && world.exists(statement.table)
                ? `code that runs knows the old name (${statement.table})`
                : undefined;
        },
    },
];
