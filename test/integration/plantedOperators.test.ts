import * as assert from "node:assert/strict";
import { beforeEachProject, createTable, type Project } from "../support/delivery";

// PostgreSQL has no operators of its own for `varchar`, and few for `name`: one of a migration fits better, wherever its
// schema is in the search path.

const changeset = (id: string, sql: string) => `--changeset me:${id}\n${sql}\n--rollback empty`;

describe("an operator that a migration made for built-in types", () => {
    let project: Project;
    beforeEachProject((fresh) => {
        project = fresh;
        // Where no floor forbids it, whoever plants it lowers the rule.
        project.write({ "lint.yaml": "rules: { shadows-builtin: warning, rollback-empty-unexplained: off }\n" });
    });

    async function release(...changesets: string[]): Promise<void> {
        project.nextExecution();
        project.changelog(...changesets);
        await project.buildEnding(0, "plan");
        await project.buildEnding(0, "deploy");
    }

    it("removes no other row from the history when one changeset is undone", async () => {
        const always = changeset(
            "always",
            `CREATE FUNCTION public.always(varchar, varchar) RETURNS boolean LANGUAGE sql AS 'SELECT true';
             CREATE OPERATOR public.= (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = public.always);`,
        );
        await release(always, createTable("one"));
        await release(always, createTable("one"), createTable("two"));
        const kept = (await project.history()).slice(0, -2);
        const ROLLBACK_TO = project.releaseId;
        project.nextExecution();
        await project.buildEnding(0, "rollback", { environment: { ROLLBACK_TO } });
        assert.deepEqual((await project.history()).slice(0, kept.length), kept);
        assert.ok(!(await project.history()).includes("two"));
        assert.deepEqual(
            (await project.tables()).filter((table) => ["one", "two"].includes(table)),
            ["one"],
        );
    });

    it("changes one row of the history when a changeset runs again", async () => {
        const always = changeset(
            "always",
            `CREATE FUNCTION public.always(varchar, varchar) RETURNS boolean LANGUAGE sql AS 'SELECT true';
             CREATE OPERATOR public.= (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = public.always);`,
        );
        const view = (what: string) =>
            `--changeset me:view runOnChange:true\nCREATE OR REPLACE VIEW shown AS SELECT '${what}'::text AS what;\n--rollback DROP VIEW shown;`;
        await release(always, view("first"));
        const sums = () =>
            project.query<{ id: string; md5sum: string }>(
                "SELECT id, md5sum FROM databasechangelog WHERE id::text <> 'view' ORDER BY 1",
            );
        const before = await sums();
        await release(always, view("second"));
        const after = await sums();
        assert.deepEqual(
            after.filter(({ id }) => before.some((row) => row.id === id)),
            before,
        );
    });

    it("stops no plan and no deployment by failing in the driver's queries", async () => {
        const failing = changeset(
            "failing",
            `CREATE FUNCTION public.refuse(name, varchar) RETURNS boolean LANGUAGE plpgsql AS
                 'BEGIN RAISE EXCEPTION ''planted''; END';
             CREATE FUNCTION public.refuse(name, name) RETURNS boolean LANGUAGE plpgsql AS
                 'BEGIN RAISE EXCEPTION ''planted''; END';
             CREATE OPERATOR public.~~ (LEFTARG = name, RIGHTARG = varchar, FUNCTION = public.refuse);
             CREATE OPERATOR public.!~ (LEFTARG = name, RIGHTARG = name, FUNCTION = public.refuse);`,
        ).replace("--changeset me:failing", "--changeset me:failing splitStatements:false");
        await release(failing);
        await release(failing, createTable("one"));
        assert.ok((await project.tables()).includes("one"));
    });
});
