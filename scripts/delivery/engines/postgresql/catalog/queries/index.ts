import { accessQueries, roleQueries } from "./access";
import { otherQueries } from "./others";
import { relationQueries } from "./relations";
import { routineQueries } from "./routines";
import type { CatalogQuery } from "./sql";
import { typeQueries } from "./types";

export type { CatalogQuery } from "./sql";

/** All queries of a fingerprint, in execution order. */
export function catalogQueries(options: { roles: boolean }): CatalogQuery[] {
    return [
        ...relationQueries,
        ...routineQueries,
        ...typeQueries,
        ...accessQueries,
        ...otherQueries,
        ...(options.roles ? roleQueries : []),
    ];
}

/** Combines all of them into one query: one round trip, planned once per session. */
export function combined(queries: CatalogQuery[]): CatalogQuery {
    return { reads: "catalog", sql: union(queries.map(({ sql, ofRoots }) => ({ sql, root: ofRoots !== undefined }))) };
}

/** One query for everything that is about the roots in $2. */
export function ofRoots(queries: CatalogQuery[]): CatalogQuery {
    const some = queries.flatMap(({ ofRoots: sql }) => (sql === undefined ? [] : [{ sql, root: true }]));
    return { reads: "parts of the catalog", sql: union(some) };
}

/** One query for everything that has no root. */
export function withoutRoots(queries: CatalogQuery[]): CatalogQuery {
    const rare = queries.filter(({ ofRoots: sql }) => sql === undefined);
    return { reads: "rare kinds of objects", sql: union(rare.map(({ sql }) => ({ sql, root: false }))) };
}

function union(parts: { sql: string; root: boolean }[]): string {
    return parts
        .map(
            ({ sql, root }) =>
                `SELECT kind::pg_catalog.text, name::pg_catalog.text, definition::pg_catalog.text, of::pg_catalog.text,
                ${root ? "root::pg_catalog.int8" : "NULL::pg_catalog.int8"} AS root FROM (${sql}) q`,
        )
        .join("\nUNION ALL\n");
}
