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
        await project.buildEnding(0, "deploy");
    }

    describe("that finds any two texts equal", () => {
        const always = changeset(
            "always",
            `CREATE FUNCTION public.always(varchar, varchar) RETURNS boolean LANGUAGE sql AS 'SELECT true';
             CREATE OPERATOR public.= (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = public.always);`,
        );
        const view = (what: string) =>
            `--changeset me:view runOnChange:true\nCREATE OR REPLACE VIEW shown AS SELECT '${what}'::text AS what;\n--rollback DROP VIEW shown;`;
        const rows = () =>
            project.query<{ id: string; md5sum: string }>(
                "SELECT id, md5sum FROM databasechangelog WHERE id::text <> 'view' ORDER BY 1",
            );
        interface Release {
            project: Project;
            before: Awaited<ReturnType<typeof rows>>;
        }
        let second: Release;
        beforeEach(async () => {
            second ??= await releaseTwice();
            ({ project } = second);
        });

        async function releaseTwice(): Promise<Release> {
            await release(always, createTable("one"), view("first"));
            const before = await rows();
            await release(always, createTable("one"), view("second"), createTable("two"));
            return { project, before };
        }

        it("changes one row of the history when a changeset runs again", async () => {
            const after = await rows();
            assert.deepEqual(
                after.filter(({ id }) => second.before.some((row) => row.id === id)),
                second.before,
            );
        });

        it("removes no other row from the history when one changeset is undone", async () => {
            const history = await project.history();
            const kept = history.slice(0, history.indexOf(`[${project.releaseId}]`)).filter((id) => id !== "view");
            const ROLLBACK_TO = project.releaseId;
            project.nextExecution();
            await project.buildEnding(0, "rollback", { environment: { ROLLBACK_TO } });
            const left = (await project.history()).filter((id) => id !== "view");
            assert.deepEqual(left.slice(0, kept.length), kept);
            assert.ok(!left.includes("two"));
            assert.deepEqual(
                (await project.tables()).filter((table) => ["one", "two"].includes(table)),
                ["one"],
            );
        });
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
        project.changelog(failing, createTable("one"));
        await project.buildEnding(0, "plan");
        await release(failing, createTable("one"));
        assert.ok((await project.tables()).includes("one"));
    });
});
