import * as assert from "node:assert/strict";
import { type Delivery, type Project } from "../support/delivery";
import { changesetOf, payload, plants } from "../support/plants/library";
import { loweredLint } from "../support/plants/lint";
import { StatementLog } from "../support/statementLog";
import { beforeBootstrapped, type Users } from "../support/users";

// What a migration leaves behind must not run in the sessions of the planner, nor in those in which the migrator keeps the
// lock, reads the catalog and writes the record: they look for names in pg_catalog alone. Liquibase's own sessions search
// the migration's schemas, because a changeset does.

/** Found by name, in whichever session looks there; the others hang on tables. */
const foundByName = [
    "operator",
    "comparison",
    "better-matching function",
    "function instead of a variadic one",
    "aggregate",
];

describe("what migrations plant for names", () => {
    let delivery: Delivery;
    let project: Project;
    let users: Users;
    let log: StatementLog;
    let history: string[];

    beforeBootstrapped(async (scene) => {
        ({ delivery, project, users } = scene);
        log = await StatementLog.start(delivery.server);
        history = [
            changesetOf({ name: "payload", sql: payload("dbowner", users.migrator.name) }),
            ...plants.filter(({ name }) => foundByName.includes(name)).map(changesetOf),
        ];
        project.write(loweredLint);
        project.changelog(...history);
        await users.run("deploy", users.migrator);
    });

    /** Processes of the server whose client is the delivery program itself: its sessions ask this first. */
    function ownProcesses(user: string): string[] {
        return log
            .statementsOf(user)
            .filter(({ sql }) => sql === "SELECT pg_catalog.pg_is_in_recovery() AS reader")
            .map(({ process }) => process);
    }

    const planted = () => [...log.text().matchAll(/^(\d+) user=.*?\| LOG: {2}PLANT (.*) ran as/gm)];

    function assertNoneIn(processes: string[]): void {
        assert.ok(processes.length > 0);
        assert.deepEqual(
            planted()
                .filter(([, process]) => processes.includes(process!))
                .map(([line]) => line),
            [],
        );
    }

    it("does not run in the sessions of the planner, and stops no plan", async () => {
        project.nextExecution();
        project.changelog(...history, "--changeset me:one\nCREATE TABLE one ();\n--rollback DROP TABLE one;");
        log.begin();
        await users.run("plan", users.planner);
        assertNoneIn(ownProcesses(users.planner.name));
        log.begin();
        await users.run("drift", users.planner);
        assertNoneIn(ownProcesses(users.planner.name));
    });

    it("does not run in the deployment's own sessions either, also where it waits for a lock, builds an index and undoes", async () => {
        project.nextExecution();
        const broken = "--changeset me:broken\nSELECT 1 / 0;\n--rollback empty";
        const index =
            "--changeset me:index runInTransaction:false\nCREATE INDEX CONCURRENTLY one_index ON two (n);\n--rollback DROP INDEX one_index;";
        const two = "--changeset me:two\nCREATE TABLE two (n int);\n--rollback DROP TABLE two;";
        project.changelog(...history, two, index, broken);
        await project.query(
            "UPDATE databasechangeloglock SET locked = true, lockgranted = now(), lockedby = 'nobody (nowhere)'",
        );
        log.begin();
        await users.run("deploy", users.migrator, 1);
        assertNoneIn(ownProcesses(users.migrator.name));
        assert.ok(!(await project.tables()).includes("two"));
        log.begin();
        project.nextExecution();
        project.changelog(...history, two, index);
        project.write({ "verify/two.sql": "-- check: empty\nSELECT count(*) = 0 FROM two;" });
        await users.run("deploy", users.migrator);
        assertNoneIn(ownProcesses(users.migrator.name));
    });

    it("is named as well where an extension hides it", async () => {
        await project.query("ALTER EXTENSION plpgsql ADD FUNCTION public.quote_ident(name)");
        const [, drop] = /: (ALTER EXTENSION plpgsql DROP FUNCTION .*)$/m.exec(await users.bootstrap()) ?? [];
        assert.equal(
            drop,
            "ALTER EXTENSION plpgsql DROP FUNCTION public.quote_ident(name); DROP FUNCTION public.quote_ident(name)",
        );
        await project.query(`BEGIN; ${drop}; ROLLBACK; ALTER EXTENSION plpgsql DROP FUNCTION public.quote_ident(name)`);
    });

    it("is named by Bootstrap with the statement that drops it, and only that", async () => {
        await project.query(`
            CREATE TYPE public.ticket AS ENUM ('a');
            CREATE FUNCTION public.lower(public.ticket) RETURNS text LANGUAGE sql AS $$ SELECT 'a' $$;
            CREATE FUNCTION public.own_name(text) RETURNS text LANGUAGE sql AS $$ SELECT 'a' $$;
            ALTER FUNCTION public.lower(public.ticket) OWNER TO ${users.owner};
            ALTER FUNCTION public.own_name(text) OWNER TO ${users.owner};`);
        const named = (output: string) =>
            [...output.matchAll(/takes the place of PostgreSQL's own .*?: (DROP .*)$/gm)].map(([, drop]) => drop!);
        const drops = named(await users.bootstrap());
        assert.deepEqual(drops, [
            "DROP AGGREGATE public.json_agg(record)",
            "DROP FUNCTION public.format(text,name,text)",
            "DROP FUNCTION public.quote_ident(name)",
            "DROP OPERATOR public.=(oid,regclass)",
            "DROP OPERATOR public.||(text,regclass)",
        ]);
        // The statements do what they say; then there is nothing left to name.
        await project.query(`BEGIN; ${drops.join("; ")}; ROLLBACK`);
    });

    it("stops no build by failing in the middle of a question", async () => {
        await project.query(
            `CREATE OR REPLACE FUNCTION public.plant(what text) RETURNS boolean LANGUAGE plpgsql AS $$
             BEGIN RAISE EXCEPTION 'PLANT % refuses', what; END $$`,
        );
        project.nextExecution();
        project.changelog(...history, "--changeset me:three\nCREATE TABLE three ();\n--rollback DROP TABLE three;");
        assert.match(await users.bootstrap(), /The users of dev/);
        await users.run("plan", users.planner);
        await users.run("deploy", users.migrator);
    });
});
