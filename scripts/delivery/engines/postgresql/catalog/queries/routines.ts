import { type CatalogQuery, createdByItself, perRoot, rowLines, userSchema, when } from "./sql";

/** Overloads differ in their argument types, so these are part of the name. */
export const routineName = `pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid))`;

export const routineKind = `CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END`;

const routines = `
    SELECT ${routineKind} AS kind, ${routineName} AS name, pg_catalog.pg_get_functiondef(p.oid) AS definition, NULL AS of, p.oid AS root
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prokind <> 'a' AND ${userSchema("n")} AND ${createdByItself("pg_proc", "p.oid")}`;

// pg_get_functiondef refuses aggregates.
const aggregates = `
    SELECT ${routineKind} AS kind, ${routineName} AS name,
        pg_catalog.concat_ws(E'\\n',
            'RETURNS ' || pg_catalog.pg_get_function_result(p.oid), 'PARALLEL ' || p.proparallel::pg_catalog.text,
            'STATE ' || a.aggtranstype::pg_catalog.regtype,
            ${when("a.aggmtranstype <> 0", "'MOVING STATE ' || a.aggmtranstype::pg_catalog.regtype")},
            'INITIAL VALUE ' || a.agginitval, 'INITIAL MOVING VALUE ' || a.aggminitval,
            ${when("a.aggsortop <> 0", "'SORT OPERATOR ' || a.aggsortop::pg_catalog.regoperator")},
            ${rowLines("a", "aggfnoid", "aggsortop", "aggtranstype", "aggmtranstype", "agginitval", "aggminitval")}) AS definition, NULL AS of, p.oid AS root
    FROM pg_catalog.pg_aggregate a
    JOIN pg_catalog.pg_proc p ON p.oid = a.aggfnoid
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE ${userSchema("n")} AND ${createdByItself("pg_proc", "p.oid")}`;

export const routineQueries: CatalogQuery[] = [
    perRoot("functions and procedures", routines),
    perRoot("aggregates", aggregates),
];
