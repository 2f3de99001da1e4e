/** A catalog whose changed rows say which objects have to be read again. */
export interface WatchedCatalog {
    name: string;
    /** The columns with the OIDs of the objects that a row is part of. */
    objects: string[];
    /** Its rows have names, types or columns, which the definitions of dependent objects repeat. */
    named: boolean;
}

/** A change of any other catalog, but for `unread`, has everything read again. */
export const watchedCatalogs: WatchedCatalog[] = [
    { name: "pg_class", objects: ["oid"], named: true },
    { name: "pg_attribute", objects: ["attrelid"], named: true },
    { name: "pg_type", objects: ["oid", "typrelid"], named: true },
    { name: "pg_proc", objects: ["oid"], named: true },
    { name: "pg_enum", objects: ["enumtypid"], named: true },
    { name: "pg_attrdef", objects: ["oid", "adrelid"], named: false },
    { name: "pg_constraint", objects: ["oid", "conrelid", "contypid", "confrelid"], named: false },
    { name: "pg_index", objects: ["indexrelid", "indrelid"], named: false },
    { name: "pg_trigger", objects: ["oid", "tgrelid", "tgconstrrelid"], named: false },
    { name: "pg_rewrite", objects: ["oid", "ev_class"], named: false },
    { name: "pg_policy", objects: ["oid", "polrelid"], named: false },
    { name: "pg_inherits", objects: ["inhrelid", "inhparent"], named: false },
    { name: "pg_sequence", objects: ["seqrelid"], named: false },
    { name: "pg_aggregate", objects: ["aggfnoid"], named: false },
    { name: "pg_description", objects: ["objoid"], named: false },
    { name: "pg_depend", objects: ["objid", "refobjid"], named: false },
    { name: "pg_shdepend", objects: ["objid"], named: false },
];

/** Catalogs that hold nothing of a fingerprint. */
export const unreadCatalogs = ["pg_statistic", "pg_statistic_ext_data", "pg_largeobject"];

/** The catalogs of objects that may be parts of other objects. */
const partCatalogs = [
    "pg_class",
    "pg_type",
    "pg_proc",
    "pg_constraint",
    "pg_attrdef",
    "pg_rewrite",
    "pg_trigger",
    "pg_policy",
];

function classes(names: string[]): string {
    return `ARRAY[${names.map((name) => `'pg_catalog.${name}'::pg_catalog.regclass`).join(", ")}]::pg_catalog.oid[]`;
}

/**
 * The objects to read again: $1 changed in what others repeat, so whatever depends on them does, too, and also what uses
 * their row types; $2 changed in themselves. With all of them, what they are part of.
 */
export const affectedObjects = `
    WITH RECURSIVE repeated (id) AS (
        SELECT pg_catalog.unnest($1::pg_catalog.oid[])
        UNION
        SELECT next.id FROM repeated r CROSS JOIN LATERAL (
            SELECT d.objid AS id FROM pg_catalog.pg_depend d
            WHERE d.refclassid = ANY (${classes(["pg_class", "pg_type", "pg_proc", "pg_constraint"])}) AND d.refobjid = r.id
            UNION ALL
            SELECT c.reltype FROM pg_catalog.pg_class c WHERE c.oid = r.id AND c.reltype <> 0) next
    ), affected (id) AS (
        (SELECT id FROM repeated UNION SELECT pg_catalog.unnest($2::pg_catalog.oid[]))
        UNION
        SELECT d.refobjid FROM affected a JOIN pg_catalog.pg_depend d ON d.objid = a.id
            AND d.classid = ANY (${classes(partCatalogs)}) AND d.deptype IN ('i', 'a', 'P', 'S')
    )
    SELECT id FROM affected`;
