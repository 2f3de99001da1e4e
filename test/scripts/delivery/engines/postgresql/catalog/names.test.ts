import * as assert from "node:assert/strict";
import {
    catalogQueries,
    combined,
    ofRoots,
    withoutRoots,
} from "../../../../../../scripts/delivery/engines/postgresql/catalog/queries";
import { unqualifiedNames } from "../../../../../support/statementLog";

describe("the queries of the catalog", () => {
    it("qualify relations, functions and types: the administrator sends them, too", () => {
        const queries = catalogQueries({ roles: true });
        for (const { sql } of [combined(queries), ofRoots(queries), withoutRoots(queries)]) {
            assert.deepEqual(unqualifiedNames(sql.replaceAll(/\s+/g, " ")), []);
        }
    });

    const short: [string, string][] = [
        ["SELECT 1 FROM pg_class", "pg_class"],
        ["SELECT 1 FROM pg_catalog.pg_class c JOIN pg_proc p ON true", "pg_proc"],
        ["SELECT format('%I', 'a')", "format()"],
        ["SELECT pg_catalog.max(1), min(2)", "min()"],
        ["SELECT 'pg_class'::regclass", "::regclass"],
        ["SELECT coalesce((SELECT a FROM lower('A') a))", "lower()"],
    ];
    for (const [sql, name] of short) {
        it(`would be found unqualified in: ${sql}`, () => {
            assert.deepEqual(unqualifiedNames(sql), [name]);
        });
    }
});
