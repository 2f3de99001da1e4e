import { accessQueries, roleQueries } from "./access";
import { otherQueries } from "./others";
import { relationQueries } from "./relations";
import { routineQueries } from "./routines";
import type { CatalogQuery } from "./sql";
import { typeQueries } from "./types";

export type { CatalogQuery } from "./sql";

/** All queries of a fingerprint, in the order in which they run. */
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

/** All of them as one query: reading the catalog is one round trip, and planned once a session. */
export function combined(queries: CatalogQuery[]): CatalogQuery {
    const parts = queries.map(
        ({ sql }) =>
            `SELECT kind::pg_catalog.text, name::pg_catalog.text, definition::pg_catalog.text, of::pg_catalog.text FROM (${sql}) q`,
    );
    return { reads: "catalog", sql: parts.join("\nUNION ALL\n") };
}
