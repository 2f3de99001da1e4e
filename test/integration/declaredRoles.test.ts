import assert from "node:assert/strict";
import type { ApplicationUser, GroupRole } from "../../components/databaseRoles";
import { beforeDelivery, type Delivery, password, type Project } from "../support/delivery";
import { beforeEachMigrated, customers, denied, orders, Users } from "../support/users";

// Extensions, group roles and users for applications, as a stack's config declares them. The administrator has the
// rights of an RDS master user and no more.

interface Declared {
    extensions?: string[];
    groupRoles?: GroupRole[];
    applicationUsers?: ApplicationUser[];
}

describe("roles and extensions of the stack's config", () => {
    let delivery: Delivery;
    let project: Project;
    let users: Users;
    /** Names are the server's, not the database's: each test has its own. */
    let shop: { name: string; password: string };
    let reporting: string;
    beforeEachMigrated((scene) => {
        ({ delivery, project, users } = scene);
        shop = { name: `${project.database}_shop`, password: `serves ${project.database} 'ü$` };
        reporting = `${project.database}_reporting`;
    });

    const all = (): Declared => ({
        groupRoles: [{ name: reporting, grants: ["SELECT ON TABLES"] }],
        applicationUsers: [
            { name: shop.name, memberOf: [reporting], grants: ["INSERT, UPDATE ON TABLES", "USAGE ON SEQUENCES"] },
        ],
    });

    function declare({ extensions, groupRoles, applicationUsers = [] }: Declared, code = 0): Promise<string> {
        return users.bootstrap(code, {
            BOOTSTRAP_EXTENSIONS: extensions && JSON.stringify(extensions),
            BOOTSTRAP_GROUP_ROLES: groupRoles && JSON.stringify(groupRoles),
            BOOTSTRAP_APPLICATION_USERS: JSON.stringify(applicationUsers),
            ...Object.fromEntries(applicationUsers.map(({ name }) => [`BOOTSTRAP_PASSWORD_OF_${name}`, shop.password])),
        });
    }

    async function deployAlso(...changesets: string[]): Promise<void> {
        project.nextExecution();
        project.changelog(customers, ...changesets);
        await users.run("deploy", users.migrator);
    }

    /** What a deployment leaves of a changeset, without its record. */
    async function asMigrator(sql: string): Promise<void> {
        const migrator = await users.connect(users.migrator);
        await migrator.query(sql);
        await migrator.end();
    }

    async function assertNoDrift(): Promise<void> {
        assert.match(await users.run("drift", users.planner), /^No drift: /m);
    }

    const roleNames = async () =>
        (await project.query<{ name: string }>("SELECT rolname AS name FROM pg_roles")).map(({ name }) => name);

    it("are made so, and made again change nothing", async () => {
        const output = await declare(all());
        for (const line of [
            `  created the group role ${reporting}`,
            `  created the application user ${shop.name}`,
            `  granted ${reporting} to ${shop.name}`,
            `  set the password of ${shop.name} to that of its secret`,
            `  granted SELECT ON TABLE public.customers to ${reporting}`,
        ]) {
            assert.ok(output.includes(line), `${line}\n${output}`);
        }
        assert.match(await declare(all()), /^The users of dev are up to date \(.*\): nothing to do\.\n$/);
        // Not a drift of the database, either.
        await assertNoDrift();
    });

    it("may do exactly what is named, on what is there and on what later migrations create", async () => {
        await declare(all());
        await deployAlso(
            orders,
            "--changeset me:schema\nCREATE SCHEMA sales;\nCREATE TABLE sales.leads (id bigserial PRIMARY KEY, name text);\n--rollback DROP SCHEMA sales CASCADE;",
        );
        for (const allowed of [
            "INSERT INTO customers VALUES (1)",
            "SELECT * FROM orders",
            "INSERT INTO sales.leads (name) VALUES ('Ann')",
            "SELECT * FROM sales.leads",
        ]) {
            assert.equal(await users.refusal(shop, allowed), undefined, allowed);
        }
        for (const forbidden of [
            "DELETE FROM customers",
            "TRUNCATE orders",
            "SELECT * FROM databasechangelog",
            "SELECT * FROM aurora_pipeline_deployments",
            "CREATE TABLE public.mine ()",
            "CREATE SCHEMA mine",
            `SET ROLE ${users.owner}`,
        ]) {
            assert.equal(await users.refusal(shop, forbidden), denied, forbidden);
        }
        assert.match(await declare(all()), /nothing to do/);
    });

    it("lose privileges granted by hand, and regain revoked ones", async () => {
        await declare(all());
        await asMigrator(
            `GRANT DELETE ON customers TO ${shop.name} WITH GRANT OPTION;
             GRANT UPDATE (name) ON customers TO ${reporting};
             ALTER DEFAULT PRIVILEGES GRANT TRUNCATE ON TABLES TO ${shop.name};
             REVOKE INSERT ON customers FROM ${shop.name}`,
        );
        const output = await declare(all());
        for (const line of [
            `revoked DELETE ON TABLE public.customers from ${shop.name}`,
            `revoked UPDATE (name) ON TABLE public.customers from ${reporting}`,
            `revoked TRUNCATE ON TABLES from ${shop.name} for what ${users.owner} creates later`,
            `granted INSERT ON TABLE public.customers to ${shop.name}`,
        ]) {
            assert.ok(output.replaceAll('"', "").includes(line), `${line}\n${output}`);
        }
        assert.match(await declare(all()), /nothing to do/);
        assert.equal(await users.refusal(shop, "DELETE FROM customers"), denied);
    });

    it("get privileges in one schema and on one table, as soon as they are there", async () => {
        const wanted: Declared = {
            applicationUsers: [
                { name: shop.name, grants: ["SELECT ON TABLES IN SCHEMA sales", "SELECT ON TABLE orders"] },
            ],
        };
        const output = await declare(wanted);
        assert.match(output, / waits for TABLES in the schema sales, which \S+ does not have yet/);
        assert.match(output, / waits for the table public\.orders, /);
        await asMigrator("CREATE TABLE orders (id int PRIMARY KEY); CREATE SCHEMA sales; CREATE TABLE sales.leads ()");
        assert.doesNotMatch(await declare(wanted), /waits for/);
        assert.equal(await users.refusal(shop, "SELECT * FROM orders"), undefined);
        assert.equal(await users.refusal(shop, "SELECT * FROM sales.leads"), undefined);
        assert.equal(await users.refusal(shop, "SELECT * FROM customers"), denied);
        assert.match(await declare(wanted), /nothing to do/);
    });

    it("are revoked when they are removed from the config", async () => {
        await declare(all());
        await deployAlso(orders);
        const output = await declare({});
        assert.ok(output.includes(`dropped the application user ${shop.name}, which is no longer in the config`));
        assert.ok(output.includes(`dropped the group role ${reporting}, which is no longer in the config`));
        assert.match(await declare({}), /nothing to do/);
        const names = await roleNames();
        assert.ok(!names.includes(shop.name) && !names.includes(reporting), names.join());
        await assertNoDrift();
    });

    it("are not dropped while they own something, but can no longer log in", async () => {
        await declare(all());
        const superuser = await delivery.server.administrate(project.database);
        await superuser.query(`CREATE TABLE kept (id int); ALTER TABLE kept OWNER TO ${shop.name}`);
        await superuser.end();
        const output = await declare({});
        assert.ok(output.includes(`took the login from ${shop.name}`), output);
        const [statement] = new RegExp(`REASSIGN OWNED BY "${shop.name}" TO "${users.owner}"`).exec(output) ?? [];
        assert.match(output, /Manual step: the role \S+ is no longer in the config, but it owns table public\.kept: /);
        await assert.rejects(users.connect(shop), { code: "28000" });
        assert.match(await declare({}), /Manual step: the role \S+ is no longer in the config/);
        const helper = await delivery.server.administrate(project.database);
        await helper.query(statement!);
        await helper.end();
        assert.ok((await declare({})).includes(`dropped the application user ${shop.name}`));
        assert.deepEqual(await project.query("SELECT * FROM kept"), []);
    });

    it("are rejected, and nothing is changed, if the name belongs to another role", async () => {
        const administrator = await delivery.server.connect(project.database, "dbowner", password);
        await administrator.query(`CREATE ROLE ${shop.name} LOGIN PASSWORD 'the application'`);
        const output = await declare(all(), 2);
        assert.match(output, new RegExp(`the role ${shop.name} exists, and this pipeline did not create it: choose`));
        assert.ok(!(await roleNames()).includes(reporting));
        await (await delivery.server.connect(project.database, shop.name, "the application")).end();
        const [statement] = /COMMENT ON ROLE .*'$/m.exec(output) ?? [];
        await administrator.query(statement!);
        await administrator.end();
        assert.match(await declare(all()), /are ready/);
        await (await users.connect(shop)).end();
    });

    it("are refused all at once where the variables are wrong", async () => {
        const output = await users.bootstrap(2, {
            BOOTSTRAP_EXTENSIONS: '["pg trgm"]',
            BOOTSTRAP_GROUP_ROLES: `[{"name":"a","grants":["DELETE ON EVERYTHING; DROP TABLE x"]}]`,
            BOOTSTRAP_APPLICATION_USERS: `[{"name":"pg_b"}]`,
        });
        assert.match(output, /BOOTSTRAP_EXTENSIONS is .*: "pg trgm" is not the name of an extension/);
        assert.match(
            output,
            /BOOTSTRAP_GROUP_ROLES is .*: "a": "DELETE ON EVERYTHING; DROP TABLE x" is not a valid grant/,
        );
        assert.match(output, /BOOTSTRAP_APPLICATION_USERS is .*: the name "pg_b" is not /);
    });

    describe("extensions", () => {
        const similar = "CREATE INDEX similar_names ON customers USING gin (name gin_trgm_ops);";
        const wanted: Declared = { extensions: ["pg_trgm"], applicationUsers: [] };

        it("are created in a schema in which no migration can create anything, and found by migrations", async () => {
            const output = await declare({ ...wanted, ...all() });
            assert.ok(output.includes("created the extension pg_trgm in the schema extensions"), output);
            assert.match(await declare({ ...wanted, ...all() }), /nothing to do/);
            await deployAlso(`--changeset me:similar\n${similar}\n--rollback DROP INDEX similar_names;`);
            assert.equal(await users.refusal(shop, "SELECT 'a' % 'b'"), undefined);
            assert.equal(
                await users.refusal(
                    users.migrator,
                    "CREATE FUNCTION extensions.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                ),
                denied,
            );
            await assertNoDrift();
        });

        it("are dropped when they are removed, but not while something needs them", async () => {
            await declare(wanted);
            await asMigrator(similar);
            const output = await declare({});
            assert.match(
                output,
                /Manual step: cannot drop extension pg_trgm because other objects depend on it \(index .*similar_names depends/,
            );
            await asMigrator("DROP INDEX similar_names");
            assert.ok((await declare({})).includes("dropped the extension pg_trgm, which is no longer in the config"));
            assert.match(await declare({}), /nothing to do/);
        });

        it("that are there already stay where they are, and are not dropped", async () => {
            const administrator = await delivery.server.connect(project.database, "dbowner", password);
            await administrator.query("CREATE EXTENSION citext SCHEMA public");
            await administrator.end();
            assert.doesNotMatch(await declare({ extensions: ["citext"] }), /created the extension/);
            await declare({});
            assert.equal((await project.query("SELECT FROM pg_extension WHERE extname = 'citext'")).length, 1);
        });

        it("are refused where the server has none, where they come too early, or where a migration could meet them", async () => {
            const output = await declare({ extensions: ["earthdistance", "cube", "nonesuch"] }, 2);
            assert.match(output, /the server has no extension nonesuch/);
            assert.match(output, /the extension earthdistance needs cube: put it before earthdistance/);
            await users.bootstrap();
            await asMigrator("CREATE SCHEMA extensions");
            assert.match(
                await declare(wanted, 2),
                new RegExp(`would resolve names in the schema extensions, in which ${users.owner} can create objects`),
            );
        });
    });
});

describe("a user of the stack's config that authenticates with IAM", () => {
    let project: Project;
    let users: Users;
    let shop: { name: string; password: string };
    beforeDelivery(
        async (delivery) => {
            project = await delivery.project();
            users = new Users(delivery, project, true);
            shop = { name: `${project.database}_shop`, password: "serves" };
        },
        { iam: true },
    );
    const declare = (auth: "Iam" | "Secret", password?: string) =>
        users.bootstrap(0, {
            BOOTSTRAP_APPLICATION_USERS: JSON.stringify([{ name: shop.name, auth, grants: ["SELECT ON TABLES"] }]),
            [`BOOTSTRAP_PASSWORD_OF_${shop.name}`]: password,
        });

    it("logs in with a token, and no password is accepted", async () => {
        assert.match(await declare("Iam"), new RegExp(`granted rds_iam to ${shop.name}`));
        assert.match(await declare("Iam"), /nothing to do/);
        project.changelog(customers);
        await users.run("deploy", users.migrator);
        assert.equal(await users.refusal(shop, "SELECT * FROM customers"), undefined);
        assert.deepEqual(await project.query(`SELECT rolpassword FROM pg_authid WHERE rolname = '${shop.name}'`), [
            { rolpassword: null },
        ]);
    });

    it("changes to a password, and back", async () => {
        const output = await declare("Secret", shop.password);
        assert.match(output, new RegExp(`revoked rds_iam from ${shop.name}`));
        assert.match(output, new RegExp(`set the password of ${shop.name} to that of its secret`));
        assert.match(await declare("Secret", shop.password), /nothing to do/);
        assert.match(await declare("Iam"), new RegExp(`removed the password of ${shop.name}`));
        assert.equal(await users.refusal(shop, "SELECT * FROM customers"), undefined);
    });
});
