// Pieces of SQL that the queries share. Every query returns rows (kind, name, definition, of) and may use $1, the names
// of the tables that the migration tool keeps for itself.

/** One query of the fingerprint: reads one kind of object, or a few that live in one catalog. */
export interface CatalogQuery {
    /** What it reads; names the query in errors. */
    reads: string;
    sql: string;
}

/** Schemas of users: neither the system's nor those of temporary objects. No user's schema can begin with `pg_`. */
export function userSchema(schema: string): string {
    return `${schema}.nspname !~ '^(pg_|information_schema$)'`;
}

/** What an extension brought belongs to the extension: its version is the fingerprint of all of it. */
export function notOfExtension(catalog: string, id: string): string {
    return `NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend member
        WHERE member.classid = '${catalog}'::pg_catalog.regclass AND member.objid = ${id} AND member.deptype = 'e')`;
}

/** Neither of an extension, nor made by PostgreSQL along with something else: a range type brings functions and casts. */
export function createdByItself(catalog: string, id: string): string {
    return `NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend member
        WHERE member.classid = '${catalog}'::pg_catalog.regclass AND member.objid = ${id} AND member.deptype IN ('e', 'i'))`;
}

/** A relation that counts: of a user, not of an extension, not the migration tool's own bookkeeping. */
export function userRelation(relation = "c", schema = "n"): string {
    return `${userSchema(schema)}
        AND ${relation}.relname <> ALL ($1::pg_catalog.text[])
        AND ${notOfExtension("pg_class", `${relation}.oid`)}`;
}

export function qualified(schema: string, ...names: string[]): string {
    return `pg_catalog.format('%I${".%I".repeat(names.length)}', ${[schema, ...names].join(", ")})`;
}

/** The kind of a relation, as it stands in front of its name. */
export function relationKind(relation = "c"): string {
    return `CASE ${relation}.relkind
        WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'f' THEN 'foreign table' WHEN 'v' THEN 'view'
        WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'i' THEN 'index' WHEN 'I' THEN 'index'
        WHEN 'c' THEN 'composite type' END`;
}

/** Options in a fixed order: PostgreSQL keeps them in the order in which they were set. */
export function sortedOptions(options: string): string {
    return `(SELECT pg_catalog.string_agg(o, ', ' ORDER BY o COLLATE "C") FROM pg_catalog.unnest(${options}) o)`;
}

/** `text` when it applies, otherwise nothing: for concat_ws, which leaves out what is NULL. */
export function when(condition: string, text: string): string {
    return `CASE WHEN ${condition} THEN ${text} END`;
}

/** A row of the catalog, one column a line: where its columns change from version to version. */
export function rowLines(row: string, ...without: string[]): string {
    return `(SELECT pg_catalog.string_agg(j.key || ' ' || j.value, E'\\n' ORDER BY j.key COLLATE "C")
        FROM pg_catalog.jsonb_each(pg_catalog.to_jsonb(${row})) j
        WHERE j.value <> 'null' AND j.key NOT IN (${without.map((name) => `'${name}'`).join(", ")}))`;
}
