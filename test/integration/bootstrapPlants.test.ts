import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Delivery, password, type Project } from "../support/delivery";
import { changesetOf, payload, plants } from "../support/plants/library";
import { Users } from "../support/users";

// Nothing that a migration leaves behind may run in a session of the administrator: CVE-2018-1058 and its kind.

const administrator = "dbowner";

for (const authentication of ["Secret", "Iam"] as const) {
    describe(`what migrations plant, with authentication ${authentication}`, () => {
        let delivery: Delivery;
        let project: Project;
        let users: Users;
        let since: number;

        before(async () => {
            delivery = await Delivery.start({ iam: true });
            await logEverything(delivery);
            project = await delivery.project();
            users = new Users(delivery, project, authentication === "Iam");
            await users.bootstrap();
            project.changelog(
                changesetOf({ name: "payload", sql: payload(administrator, users.migrator.name) }),
                ...plants.map(changesetOf),
            );
            await users.run("deploy", users.migrator);
        });
        after(() => delivery?.dispose());

        const logged = () => readFileSync(delivery.server.server.log, "utf8").slice(since);
        const ran = () =>
            [...logged().matchAll(/PLANT (.*) ran as (\w+)/g)].map(([, plant, by]) => `${plant} as ${by}`);

        it("is no dud: each runs in a session that does not look where it treads", async () => {
            for (const { name, fire } of plants) {
                since = readFileSync(delivery.server.server.log, "utf8").length;
                const client = await delivery.server.connect(project.database, administrator, password);
                await client.query("BEGIN");
                await client.query(fire);
                await client.query("ROLLBACK");
                await client.end();
                assert.ok(ran().includes(`${name} as ${administrator}`), `${name}\n${logged()}`);
            }
        });

        it("does not run as the administrator, however often the users are made and mended", async () => {
            since = readFileSync(delivery.server.server.log, "utf8").length;
            for (const disturbance of [
                `GRANT SELECT ON public.measured TO ${users.planner.name}; ALTER ROLE ${users.migrator.name} CREATEDB; CREATE TABLE public.by_hand (); ALTER TABLE public.by_hand OWNER TO ${administrator}`,
                `ALTER SCHEMA public OWNER TO ${administrator}; ALTER ROLE ${users.planner.name} SET search_path = x; DROP TABLE public.databasechangeloglock`,
            ]) {
                await project.query(disturbance);
                assert.match(await users.bootstrap(), /The users of dev are ready/);
                assert.match(await users.bootstrap(), /nothing to do/);
            }
            assert.deepEqual(
                ran().filter((line) => line.endsWith(` as ${administrator}`)),
                [],
            );
        });
    });
}

/** With the user of each line. */
async function logEverything({ server }: Delivery): Promise<void> {
    const client = await server.administrate();
    await client.query("ALTER SYSTEM SET log_statement = 'all'");
    await client.query("ALTER SYSTEM SET log_line_prefix = '%p user=%u '");
    await client.query("SELECT pg_reload_conf()");
    await client.end();
}
