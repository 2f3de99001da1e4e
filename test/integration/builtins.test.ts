import * as assert from "node:assert/strict";
import { functions, operators, types } from "../../scripts/delivery/engines/postgresql/lint/builtins";
import { beforeEachProject, type Project } from "../support/delivery";

/** What the linter takes for PostgreSQL's own, and what the server has. */
describe("the built-in names that the linter knows", () => {
    let project: Project;
    beforeEachProject((fresh) => {
        project = fresh;
    });

    const names = async (query: string) =>
        (await project.query<{ name: string }>(`SELECT DISTINCT name FROM (${query}) x ORDER BY 1`)).map(
            ({ name }) => name,
        );
    const own = "= 'pg_catalog'::regnamespace";

    it("are the server's types, without those of arrays and rows", async () => {
        const there = await names(
            `SELECT typname::text AS name FROM pg_type WHERE typnamespace ${own} AND typtype IN ('b', 'p', 'r', 'm') AND typname !~ '^_'`,
        );
        assert.deepEqual([...types].sort(), there.sort());
    });

    it("are the server's operators", async () => {
        const there = await names(`SELECT oprname::text AS name FROM pg_operator WHERE oprnamespace ${own}`);
        assert.deepEqual([...operators].sort(), there.sort());
    });

    it("are functions of the server, among them all that queries for its catalog call", async () => {
        const there = await names(`SELECT proname::text AS name FROM pg_proc WHERE pronamespace ${own}`);
        assert.deepEqual(
            [...functions].filter((name) => !there.includes(name)),
            [],
        );
        for (const name of [
            "format",
            "quote_ident",
            "lower",
            "array_agg",
            "json_agg",
            "pg_get_userbyid",
            "max",
            "count",
            "coalesce",
        ]) {
            assert.equal(functions.has(name), there.includes(name), name);
        }
    });
});
