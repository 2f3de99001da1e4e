import { type Clause, Cursor, type Name } from "./cursor";
import { Statement } from "./statements";

/** What a statement does, as far as the rules ask. */
export type Deed =
    | { kind: "createTable"; table: Name; ifNotExists: boolean; filled: boolean; partOf: Name[] }
    | { kind: "alterTable"; table: Name; clauses: Clause[] }
    | { kind: "createIndex"; index?: Name; table: Name; concurrently: boolean }
    | { kind: "createTrigger"; table: Name }
    | { kind: "create"; object: string; name: Name }
    | { kind: "drop"; object: string; names: Name[]; concurrently: boolean }
    | { kind: "rename"; object: string; name: Name; to?: Name }
    | {
          kind: "data";
          verb: "insert" | "update" | "delete" | "merge" | "copy";
          table: Name;
          bulk: boolean;
          all: boolean;
      }
    | { kind: "truncate"; tables: Name[] }
    | { kind: "exclusive"; what: string; tables: Name[] }
    | { kind: "setting" }
    | { kind: "other" };

/** Kinds of objects that DROP, ALTER … RENAME and CREATE name; longer names first. */
const objects = [
    "materialized view",
    "foreign table",
    "text search configuration",
    "view",
    "function",
    "procedure",
    "routine",
    "aggregate",
    "type",
    "domain",
    "schema",
    "sequence",
    "extension",
    "table",
    "index",
    "trigger",
    "policy",
    "rule",
    "collation",
    "operator",
    "database",
    "publication",
    "subscription",
    "role",
    "user",
];

/** Says what a statement does; `other` for what no rule asks about. */
export function describe({ tokens }: Statement): Deed {
    const cursor = new Cursor(tokens);
    const verb = cursor.takeWord();
    switch (verb) {
        case "create":
            return create(cursor);
        case "alter":
            return alter(cursor);
        case "drop":
            return drop(cursor);
        case "insert":
        case "update":
        case "delete":
        case "merge":
        case "copy":
            return data(verb, cursor);
        case "with":
            return withQuery(cursor);
        case "truncate":
            cursor.accept("table");
            return { kind: "truncate", tables: cursor.names() };
        case "vacuum":
            return /^\s*\(?[^)]*\bfull\b/i.test(cursor.rest()) ? vacuumFull(cursor) : { kind: "other" };
        case "cluster":
            cursor.acceptParenthesised();
            cursor.accept("verbose");
            return { kind: "exclusive", what: "CLUSTER", tables: cursor.names() };
        case "lock":
            cursor.accept("table");
            return { kind: "exclusive", what: "LOCK TABLE", tables: cursor.names() };
        case "refresh":
            return refresh(cursor);
        case "set":
        case "reset":
            return { kind: "setting" };
        default:
            return { kind: "other" };
    }
}

function create(cursor: Cursor): Deed {
    if (cursor.accept("or")) {
        cursor.accept("replace");
    }
    const unique = cursor.accept("unique");
    if (unique || cursor.peek("index")) {
        return createIndex(cursor);
    }
    cursor.acceptAny("global", "local", "temporary", "temp", "unlogged", "recursive", "constraint");
    if (cursor.accept("table")) {
        return createTable(cursor);
    }
    if (cursor.accept("trigger")) {
        const table = cursor.skipTo("on") ? cursor.name() : undefined;
        return table ? { kind: "createTrigger", table } : { kind: "other" };
    }
    const object = cursor.acceptPhrase(objects);
    const ifNotExists = cursor.acceptWords("if", "not", "exists");
    const name = cursor.name();
    if (object === undefined || name === undefined) {
        return { kind: "other" };
    }
    // A materialized view holds rows and takes indexes: it is as new as a table is.
    return object === "materialized view"
        ? { kind: "createTable", table: name, ifNotExists, filled: true, partOf: [] }
        : { kind: "create", object, name };
}

function createTable(cursor: Cursor): Deed {
    const ifNotExists = cursor.acceptWords("if", "not", "exists");
    const table = cursor.name();
    if (!table) {
        return { kind: "other" };
    }
    const partition = cursor.acceptWords("partition", "of") ? cursor.name() : undefined;
    cursor.acceptParenthesised();
    const parents = cursor.accept("inherits") && cursor.accept("(") ? cursor.names() : [];
    const filled = cursor.has("as", "select") || cursor.has("as", "table") || cursor.has("as", "with");
    return { kind: "createTable", table, ifNotExists, filled, partOf: partition ? [partition] : parents };
}

function createIndex(cursor: Cursor): Deed {
    cursor.accept("index");
    const concurrently = cursor.accept("concurrently");
    cursor.acceptWords("if", "not", "exists");
    const index = cursor.peek("on") ? undefined : cursor.name();
    const table = cursor.skipTo("on") && (cursor.accept("only"), cursor.name());
    return table ? { kind: "createIndex", index, table, concurrently } : { kind: "other" };
}

function alter(cursor: Cursor): Deed {
    if (cursor.accept("table") || cursor.acceptWords("foreign", "table")) {
        cursor.acceptWords("if", "exists");
        cursor.accept("only");
        const table = cursor.name();
        cursor.accept("*");
        return table ? { kind: "alterTable", table, clauses: cursor.clauses() } : { kind: "other" };
    }
    const object = cursor.acceptPhrase(objects);
    cursor.acceptWords("if", "exists");
    const name = cursor.name();
    cursor.acceptParenthesised();
    if (object === undefined || name === undefined) {
        return { kind: "other" };
    }
    if (cursor.acceptWords("rename", "to")) {
        return { kind: "rename", object, name, to: cursor.name() };
    }
    return cursor.acceptWords("set", "schema") ||
        cursor.acceptWords("rename", "value") ||
        cursor.acceptWords("rename", "attribute")
        ? { kind: "rename", object, name }
        : { kind: "other" };
}

function drop(cursor: Cursor): Deed {
    const object = cursor.acceptPhrase(objects);
    const concurrently = cursor.accept("concurrently");
    cursor.acceptWords("if", "exists");
    return object === undefined ? { kind: "other" } : { kind: "drop", object, names: cursor.names(), concurrently };
}

type DataVerb = Extract<Deed, { kind: "data" }>["verb"];

function data(verb: DataVerb, cursor: Cursor): Deed {
    cursor.acceptAny("into", "from", "only");
    cursor.accept("only");
    const table = cursor.name();
    if (!table) {
        return { kind: "other" };
    }
    const bulk = {
        // Rows that are written out are few; rows that a query makes may be any number.
        insert: cursor.has("select") && !cursor.has("values"),
        copy: cursor.has("from"),
        update: true,
        delete: true,
        merge: true,
    }[verb];
    return { kind: "data", verb, table, bulk, all: verb === "delete" && !cursor.has("where") };
}

function withQuery(cursor: Cursor): Deed {
    const verb = cursor.skipToOutermost("insert", "update", "delete", "merge", "select");
    return verb === undefined || verb === "select" ? { kind: "other" } : data(verb, cursor);
}

function vacuumFull(cursor: Cursor): Deed {
    cursor.acceptParenthesised();
    cursor.acceptAny("full", "freeze", "verbose", "analyze");
    return { kind: "exclusive", what: "VACUUM FULL", tables: cursor.names() };
}

function refresh(cursor: Cursor): Deed {
    cursor.acceptWords("materialized", "view");
    return cursor.accept("concurrently")
        ? { kind: "other" }
        : { kind: "exclusive", what: "REFRESH MATERIALIZED VIEW", tables: cursor.names() };
}

/** What of the statement PostgreSQL refuses in a transaction block, as a person would call it. */
export function refusedInTransaction({ tokens }: Statement): string | undefined {
    const cursor = new Cursor(tokens);
    const phrases: [boolean, string][] = [
        [/^(create (unique )?index|drop index|reindex) .*\bconcurrently\b/.test(cursor.words()), "CONCURRENTLY"],
        [/^alter table .*\bdetach partition\b.*\bconcurrently\b/.test(cursor.words()), "DETACH PARTITION CONCURRENTLY"],
        [/^reindex (\( .* \) )?(schema|database|system)\b/.test(cursor.words()), "REINDEX of more than one table"],
        [/^cluster( verbose)?$/.test(cursor.words()), "CLUSTER of every table"],
        ...["vacuum", "create database", "drop database", "create tablespace", "drop tablespace", "alter system"].map(
            (phrase): [boolean, string] => [new RegExp(`^${phrase}\\b`).test(cursor.words()), phrase.toUpperCase()],
        ),
        [/^alter database .* set tablespace\b/.test(cursor.words()), "ALTER DATABASE … SET TABLESPACE"],
        [/^(create|drop) subscription\b/.test(cursor.words()), "a subscription with a replication slot"],
    ];
    return phrases.find(([applies]) => applies)?.[1];
}
