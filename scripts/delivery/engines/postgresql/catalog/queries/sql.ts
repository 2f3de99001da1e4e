// SQL fragments that the queries share. Every query returns rows (kind, name, definition, of) and may use $1, the names
// of the migration tool's tracking tables.

/** One query of the fingerprint: reads one kind of object, or several kinds that share a catalog. */
export interface CatalogQuery {
    /** What it reads; names the query in errors. */
    reads: string;
    sql: string;
    /**
     * Its rows have another column, `root`: the OID of the table, routine, type … that each of them is about. The same
     * query for only the roots in $2. Absent for kinds that are rare enough to be always read as a whole.
     */
    ofRoots?: string;
}

/** A query whose rows have a `root` that PostgreSQL can look up. */
export function perRoot(reads: string, sql: string): CatalogQuery {
    return { reads, sql, ofRoots: `SELECT * FROM (${sql}) r WHERE r.root = ANY ($2::pg_catalog.oid[])` };
}

/** User schemas: neither system nor temporary ones. No user schema's name can start with `pg_`. */
export function userSchema(schema: string): string {
    return `${schema}.nspname !~ '^(pg_|information_schema$)'`;
}

/** Excludes the members of extensions: an extension's version represents all of them. */
export function notOfExtension(catalog: string, id: string): string {
    return `NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend member
        WHERE member.classid = '${catalog}'::pg_catalog.regclass AND member.objid = ${id} AND member.deptype = 'e')`;
}

/**
 * Excludes members of extensions and what PostgreSQL creates along with another object, such as the functions and casts
 * of a range type.
 */
export function createdByItself(catalog: string, id: string): string {
    return `NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend member
        WHERE member.classid = '${catalog}'::pg_catalog.regclass AND member.objid = ${id} AND member.deptype IN ('e', 'i'))`;
}

/** A relation that counts: created by a user, not by an extension, and not one of the tracking tables. */
export function userRelation(relation = "c", schema = "n"): string {
    return `${userSchema(schema)}
        AND ${relation}.relname <> ALL ($1::pg_catalog.text[])
        AND ${notOfExtension("pg_class", `${relation}.oid`)}`;
}

export function qualified(schema: string, ...names: string[]): string {
    return `pg_catalog.format('%I${".%I".repeat(names.length)}', ${[schema, ...names].join(", ")})`;
}

/** The kind of a relation, as it precedes its name. */
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

/** `text` if the condition holds, else nothing: for concat_ws, which skips NULL. */
export function when(condition: string, text: string): string {
    return `CASE WHEN ${condition} THEN ${text} END`;
}

/** A row of the catalog, one column a line, for catalogs whose columns differ between versions. */
export function rowLines(row: string, ...without: string[]): string {
    return `(SELECT pg_catalog.string_agg(j.key || ' ' || j.value, E'\\n' ORDER BY j.key COLLATE "C")
        FROM pg_catalog.jsonb_each(pg_catalog.to_jsonb(${row})) j
        WHERE j.value <> 'null' AND j.key NOT IN (${without.map((name) => `'${name}'`).join(", ")}))`;
}
