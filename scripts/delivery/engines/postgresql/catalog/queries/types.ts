import { type CatalogQuery, notOfExtension, perRoot, qualified, userSchema, when } from "./sql";

const typeName = qualified("n.nspname", "t.typname");

function collation(id: string, standard: string): string {
    return `(SELECT 'COLLATE ' || ${qualified("cn.nspname", "co.collname")}
        FROM pg_catalog.pg_collation co JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
        WHERE co.oid = ${id} AND ${id} <> ${standard})`;
}

const enums = `
    SELECT 'enum' AS kind, ${typeName} AS name,
        coalesce((SELECT pg_catalog.string_agg(pg_catalog.quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
            FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid), '') AS definition, NULL AS of, t.oid AS root
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typtype = 'e' AND ${userSchema("n")} AND ${notOfExtension("pg_type", "t.oid")}`;

const domains = `
    SELECT 'domain' AS kind, ${typeName} AS name,
        pg_catalog.concat_ws(E'\\n',
            pg_catalog.format_type(t.typbasetype, t.typtypmod),
            ${collation("t.typcollation", "b.typcollation")},
            ${when("t.typnotnull", "'NOT NULL'")},
            'DEFAULT ' || t.typdefault,
            (SELECT pg_catalog.string_agg('CONSTRAINT ' || pg_catalog.quote_ident(o.conname) || ' ' || pg_catalog.pg_get_constraintdef(o.oid), E'\\n'
                    ORDER BY o.conname COLLATE "C")
                FROM pg_catalog.pg_constraint o WHERE o.contypid = t.oid)) AS definition, NULL AS of, t.oid AS root
    FROM pg_catalog.pg_type t
    JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typtype = 'd' AND ${userSchema("n")} AND ${notOfExtension("pg_type", "t.oid")}`;

// Only composite types that were created explicitly: every table has one too.
const composites = `
    SELECT 'composite type' AS kind, ${typeName} AS name,
        coalesce((SELECT pg_catalog.string_agg(
                pg_catalog.concat_ws(' ', pg_catalog.quote_ident(a.attname), pg_catalog.format_type(a.atttypid, a.atttypmod),
                    ${collation("a.attcollation", "at.typcollation")}),
                ', ' ORDER BY a.attnum)
            FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type at ON at.oid = a.atttypid
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '') AS definition, NULL AS of, t.oid AS root
    FROM pg_catalog.pg_type t
    JOIN pg_catalog.pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typtype = 'c' AND ${userSchema("n")} AND ${notOfExtension("pg_type", "t.oid")}`;

// A multirange type is created with its range type.
const ranges = `
    SELECT 'range type' AS kind, ${typeName} AS name,
        pg_catalog.concat_ws(' ', 'OF', r.rngsubtype::pg_catalog.regtype, ${collation("r.rngcollation", "s.typcollation")},
            'OPERATOR CLASS ' || ${qualified("cn.nspname", "oc.opcname")},
            ${when("r.rngcanonical <> 0", "'CANONICAL ' || r.rngcanonical")},
            ${when("r.rngsubdiff <> 0", "'DIFFERENCE ' || r.rngsubdiff")},
            'MULTIRANGE ' || r.rngmultitypid::pg_catalog.regtype) AS definition, NULL AS of, t.oid AS root
    FROM pg_catalog.pg_range r
    JOIN pg_catalog.pg_type t ON t.oid = r.rngtypid
    JOIN pg_catalog.pg_type s ON s.oid = r.rngsubtype
    JOIN pg_catalog.pg_opclass oc ON oc.oid = r.rngsubopc
    JOIN pg_catalog.pg_namespace cn ON cn.oid = oc.opcnamespace
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE ${userSchema("n")} AND ${notOfExtension("pg_type", "t.oid")}`;

// Types written in C, and the shell types that precede them; arrays are created with their element types.
const baseTypes = `
    SELECT 'base type' AS kind, ${typeName} AS name,
        pg_catalog.concat_ws(' ', t.typinput, t.typoutput, t.typlen, t.typcategory, t.typalign, t.typstorage,
            'DEFAULT ' || t.typdefault) AS definition, NULL AS of, t.oid AS root
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typtype IN ('b', 'p') AND t.typcategory <> 'A'
        AND ${userSchema("n")} AND ${notOfExtension("pg_type", "t.oid")}`;

export const typeQueries: CatalogQuery[] = [
    perRoot("enumerations", enums),
    perRoot("domains", domains),
    perRoot("composite types", composites),
    perRoot("range types", ranges),
    perRoot("base types", baseTypes),
];
