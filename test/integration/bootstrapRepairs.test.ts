import * as assert from "node:assert/strict";
import { type Delivery, type Project } from "../support/delivery";
import { nonEmpty } from "../support/nonEmpty";
import { type Corruption, corruptions } from "../support/plants/corruptions";
import { rowCorruptions } from "../support/plants/rowCorruptions";
import { stuckCorruptions } from "../support/plants/stuckCorruptions";
import { trackingCorruptions } from "../support/plants/trackingCorruptions";
import { loweredLint } from "../support/plants/lint";
import { beforeBootstrapped, type Users } from "../support/users";

// Bootstrap is the first thing that every execution does: what it cannot get past, nobody can deploy the repair of.

describe("what a migration or a manual change leaves behind", () => {
    let delivery: Delivery;
    let project: Project;
    let users: Users;
    let history: string[];
    /** Corruptions after which nothing was deployed yet: one deployment shows for several that it is possible. */
    const unrepaired: Corruption[] = [];

    beforeBootstrapped(async (scene) => {
        ({ delivery, project, users } = scene);
        history = ["--changeset me:first\nCREATE TABLE first ();\n--rollback DROP TABLE first;"];
        project.write(loweredLint);
        project.changelog(...history);
        await users.run("deploy", users.migrator);
    });

    const all = nonEmpty([...corruptions, ...trackingCorruptions, ...rowCorruptions, ...stuckCorruptions]);
    for (const corruption of all) {
        it(`does not prevent the next deployment: ${corruption.name}`, async () => {
            await leave(corruption);
            const output = await users.bootstrap();
            for (const line of corruption.mended) {
                assert.ok(output.includes(`  ${line.replaceAll("APP", project.database)}`), `${line}\n${output}`);
            }
            for (const line of corruption.left ?? []) {
                assert.ok(
                    output.includes(`  Manual step: ${line.replaceAll("APP", project.database)}`),
                    `${line}\n${output}`,
                );
            }
            assertEnd(await users.bootstrap());
            unrepaired.push(corruption);
            const { repair, forgets } = corruption;
            if (unrepaired.length === 5 || repair || forgets || corruption === all.at(-1)) {
                await deployRepairs(unrepaired.splice(0));
            }
        });
    }

    /** Of a run that changes nothing: what an earlier one left to a person is still there. */
    function assertEnd(output: string): void {
        const left = output.match(/^ {2}Manual step: /gm)?.length ?? 0;
        const end =
            left === 0
                ? /up to date \(.*\): nothing to do\.\n$/
                : new RegExp(String.raw`are ready \(.*\): 0 changes; ${left} manual steps? above\.\n$`);
        assert.match(output, end);
    }

    /** As the migrator, where it may; it works as the owner, and as itself after RESET. */
    async function leave({ by, sql }: Corruption): Promise<void> {
        const text = sql.replaceAll("APP", project.database);
        if (by === "superuser") {
            await project.query(`BEGIN READ WRITE; SET LOCAL ROLE NONE; ${text}; COMMIT`);
            return;
        }
        const client = await users.connect(users.migrator);
        await client.query(text);
        await client.end();
    }

    async function deployRepairs(corrupted: Corruption[]): Promise<void> {
        project.nextExecution();
        if (corrupted.some(({ forgets }) => forgets)) {
            history = [];
        }
        const repairs = corrupted.map(({ name, repair = "SELECT 1" }) => ({
            id: name.replaceAll(/\W+/g, "-"),
            sql: repair.replaceAll("APP", project.database),
        }));
        history.push(
            ...repairs.map(
                ({ id, sql }) =>
                    `--changeset me:${id} splitStatements:false\n--lint-waive tracking-tables: it repairs what is in their place\n${sql}\n--rollback empty`,
            ),
        );
        project.changelog(...history);
        await users.run("deploy", users.migrator);
        assert.deepEqual(
            project.deployment().changesets.map((changeset) => changeset.id),
            repairs.map(({ id }) => id),
        );
    }

    describe("is reported with the statement, if it needs a manual decision", () => {
        /** What Bootstrap asks for. */
        async function statementIn(code: number, pattern: RegExp): Promise<string> {
            const output = await users.bootstrap(code);
            const [, statement] = pattern.exec(output) ?? [];
            assert.ok(statement, output);
            return statement;
        }

        it("a schema that was renamed: without its history every changeset would be pending again", async () => {
            await leave({ name: "", by: "migrator", sql: "ALTER SCHEMA public RENAME TO old", mended: [] });
            await project.query(await statementIn(2, /there is no schema public, .*: (ALTER SCHEMA .*)$/m));
            assert.match(await users.bootstrap(), /The users of dev/);
            await deployRepairs([{ name: "renamed", by: "migrator", sql: "", mended: [] }]);
        });

        it("more tables of the migrator's own than the server can lock at once", async () => {
            // As many as a server of the default size locks, and this one then locks a tenth of that.
            await project.query("ALTER SYSTEM SET max_locks_per_transaction = 10");
            await delivery.server.restart();
            const client = await users.connect(users.migrator);
            const inParts = async (statement: string) => {
                for (let part = 0; part < 40; part++) {
                    await client.query(
                        `DO $$ BEGIN FOR i IN 1..200 LOOP EXECUTE format('${statement}', ${part} * 200 + i); END LOOP; END $$`,
                    );
                }
            };
            await client.query("SET ROLE NONE");
            await inParts("CREATE TABLE many_%s ()");
            const pattern =
                /Manual step: out of shared memory.*: (REASSIGN OWNED BY "app_\d+_migrator" TO "app_\d+_owner")$/m;
            await statementIn(0, pattern);
            await deployRepairs([{ name: "many tables", by: "migrator", sql: "", mended: [] }]);
            await inParts("DROP TABLE many_%s");
            await client.end();
            assert.doesNotMatch(await users.bootstrap(), /REASSIGN OWNED/);
            await project.query("ALTER SYSTEM RESET max_locks_per_transaction");
            await delivery.server.restart();
        });

        it("another schema in its place", async () => {
            await leave({
                name: "",
                by: "migrator",
                sql: "ALTER SCHEMA public RENAME TO old; CREATE SCHEMA public",
                mended: [],
            });
            await project.query(
                await statementIn(2, /the migration history is in the schema old: (ALTER DATABASE .*)$/m),
            );
            assert.match(await users.bootstrap(), /set search_path of app_\d+_migrator to old, public/);
            await deployRepairs([{ name: "replaced", by: "migrator", sql: "", mended: [] }]);
            await project.query(
                `ALTER DATABASE ${project.database} RESET search_path; DROP SCHEMA public; ALTER SCHEMA old RENAME TO public`,
            );
            await users.bootstrap();
        });

        for (const table of ["databasechangelog", "databasechangeloglock"]) {
            it(`a view in place of ${table}`, async () => {
                const sql = `ALTER TABLE ${table} RENAME TO kept; CREATE VIEW ${table} AS SELECT * FROM kept`;
                await leave({ name: "", by: "migrator", sql, mended: [] });
                await project.query(await statementIn(0, new RegExp(`${table}" is a view .*: (DROP VIEW .*)$`, "m")));
                await project.query(`ALTER TABLE kept RENAME TO ${table}`);
                assert.match(await users.bootstrap(), /The users of dev/);
                await deployRepairs([{ name: `view ${table}`, by: "migrator", sql: "", mended: [] }]);
            });
        }

        it("the history under another name", async () => {
            await leave({ name: "", by: "migrator", sql: "ALTER TABLE databasechangelog RENAME TO past", mended: [] });
            const pattern = /no table databasechangelog in the schema public, .*: (ALTER TABLE .*); or/;
            await project.query(await statementIn(2, pattern));
            assert.match(await users.bootstrap(), /The users of dev/);
            await deployRepairs([{ name: "renamed history", by: "migrator", sql: "", mended: [] }]);
        });

        it("a partitioned table, which takes no rows, in place of the history", async () => {
            const sql = `ALTER TABLE databasechangelog RENAME TO past; CREATE TABLE databasechangelog (LIKE past) PARTITION BY LIST (id)`;
            await leave({ name: "", by: "migrator", sql, mended: [] });
            await project.query(
                await statementIn(0, /is a partitioned table instead of a table; .*: (DROP TABLE .*)$/m),
            );
            await project.query(await statementIn(2, /: (ALTER TABLE "public"."past" RENAME TO databasechangelog)/));
            await users.bootstrap();
            await deployRepairs([{ name: "partitioned history", by: "migrator", sql: "", mended: [] }]);
        });

        it("rows of the history that name no changeset", async () => {
            const sql = `ALTER TABLE databasechangelog ALTER id DROP NOT NULL, ALTER author DROP NOT NULL;
                         INSERT INTO databasechangelog SELECT * FROM databasechangelog LIMIT 2;
                         UPDATE databasechangelog SET id = NULL, author = NULL WHERE ctid IN (SELECT max(ctid) FROM databasechangelog)`;
            await leave({ name: "", by: "migrator", sql, mended: [] });
            await project.query(await statementIn(0, /1 row of databasechangelog lack an id, .*: (DELETE FROM .*)$/m));
            assert.match(await users.bootstrap(), /set NOT NULL of the column id of the table databasechangelog/);
            await deployRepairs([{ name: "nameless rows", by: "migrator", sql: "", mended: [] }]);
        });

        it("a lost column that says which changesets have run", async () => {
            await project.query("CREATE TABLE snapshot AS SELECT ctid AS place, filename FROM databasechangelog");
            await leave({
                name: "",
                by: "migrator",
                sql: "ALTER TABLE databasechangelog DROP COLUMN filename",
                mended: [],
            });
            const statement = await statementIn(0, /the column filename of .* is missing, .*: (ALTER TABLE .*)$/m);
            await project.query(statement);
            await project.query(
                "UPDATE databasechangelog h SET filename = s.filename FROM snapshot s WHERE h.ctid = s.place",
            );
            await project.query("DROP TABLE snapshot");
            assert.match(await users.bootstrap(), /set NOT NULL of the column filename/);
            await deployRepairs([{ name: "lost column", by: "migrator", sql: "", mended: [] }]);
        });

        it("an event trigger whose function migrations can change", async () => {
            await project.query(
                `CREATE FUNCTION public.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE LOG 'PLANT'; END $$;
                 ALTER FUNCTION public.watch() OWNER TO ${users.owner};
                 CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION public.watch()`,
            );
            await project.query(
                await statementIn(2, /the event trigger watch runs .*: (ALTER EVENT TRIGGER "watch" DISABLE)/),
            );
            assertEnd(await users.bootstrap());
        });
    });
});
