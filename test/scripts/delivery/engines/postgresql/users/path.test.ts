import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { escapeIdentifier } from "pg";
import {
    commonPath,
    homeOf,
    parsePath,
    pinnedPath,
} from "../../../../../../scripts/delivery/engines/postgresql/users/path";

const setting = (value: string, role: string | null, database: string | null) => ({
    role,
    database,
    name: "search_path",
    value,
    resettable: true,
});
const schema = (name: string, history: string | null = null) => ({
    name,
    owner: "app_owner",
    owned: true,
    open: false,
    ownerMay: [],
    history,
});

describe("a search path", () => {
    it("is read as PostgreSQL reads it", () => {
        assert.deepEqual(parsePath('"$user", public'), ["$user", "public"]);
        assert.deepEqual(parsePath('Sales ,"Odd, ""name"""'), ["sales", 'Odd, "name"']);
        assert.deepEqual(parsePath(""), []);
    });

    it("is the same after writing and reading it, whatever the names", () => {
        const name = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => !text.includes("\0"));
        fc.assert(
            fc.property(fc.array(name), (names) => {
                assert.deepEqual(parsePath(names.map((one) => escapeIdentifier(one)).join(", ")), names);
            }),
        );
    });

    it("is the database's, else that of all databases, else PostgreSQL's own; none of a role's", () => {
        const [own, all, role] = [
            setting("sales, public", null, "app"),
            setting("everywhere", null, null),
            setting("private", "dbowner", "app"),
        ];
        assert.deepEqual(commonPath([role, all, own], "app"), ["sales", "public"]);
        assert.deepEqual(commonPath([role, all], "app"), ["everywhere"]);
        assert.deepEqual(commonPath([role], "app"), ["public"]);
        assert.deepEqual(commonPath([setting('"$user", pg_catalog, a, a', null, "app")], "app"), ["a"]);
        assert.deepEqual(commonPath([setting('"$user"', null, "app")], "app"), ["public"]);
    });

    it("begins with the schema that has the history, for the pipeline's users", () => {
        const path = ["sales", "public"];
        assert.equal(homeOf({ path, schemas: [schema("public"), schema("sales")] }).name, "sales");
        assert.equal(homeOf({ path, schemas: [schema("public", "app_owner"), schema("sales")] }).name, "public");
        assert.equal(homeOf({ path, schemas: [schema("public")] }).name, "public");
        assert.deepEqual(homeOf({ path, schemas: [schema("other", "app_owner")] }), { name: "sales" });
        assert.deepEqual(pinnedPath({ path, schemas: [schema("public", "app_owner"), schema("sales")] }), [
            "public",
            "sales",
        ]);
    });
});
