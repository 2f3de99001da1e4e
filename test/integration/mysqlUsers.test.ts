import assert from "node:assert/strict";
import type { RowDataPacket } from "mysql2/promise";
import { differences, renderDifferences } from "../../scripts/delivery/engines/fingerprint";
import { mysql } from "../../scripts/delivery/engines/mysql";
import { mysqlErrors } from "../../scripts/delivery/engines/mysql/ownErrors";
import { databaseErrors } from "../../scripts/delivery/errors";
import { MysqlServer } from "../support/mysqlServer";
import { Scene } from "../support/mysqlUsers";

// One server; a database and accounts of its own for each test.
describe("users of the builds in MySQL", function () {
    this.timeout(300_000);
    const one = MysqlServer.forTests();

    const sample = [
        "CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(50) NOT NULL, upper_name VARCHAR(50) AS (UPPER(name)) STORED)",
        "CREATE TABLE notes (id INT PRIMARY KEY, at INT) PARTITION BY HASH (id) PARTITIONS 2",
        "CREATE VIEW names AS SELECT name FROM customers",
        "CREATE PROCEDURE touch() INSERT INTO notes VALUES (1, 1)",
        "CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC RETURN n * 2",
        "CREATE TRIGGER on_customer AFTER INSERT ON customers FOR EACH ROW INSERT INTO notes VALUES (NEW.id, twice(NEW.id))",
        "CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DO DELETE FROM notes",
    ];

    it("creates them once, by schema, and finds nothing to do afterwards", async () => {
        const scene = await Scene.create(one.server);
        const { done, left } = await scene.bootstrap();
        assert.deepEqual(
            done.filter((line) => line.startsWith("created")),
            [
                "created the account app_1_owner (owner)",
                "created the account app_1_migrator (migrator)",
                "created the account app_1_planner (planner)",
                "created the schema aurora_pipeline_app_1, for the planner",
            ],
        );
        assert.deepEqual(left, []);
        assert.deepEqual((await scene.bootstrap()).done, []);
        const [global] = await one.root.query<RowDataPacket[]>(
            "SELECT GRANTEE, PRIVILEGE_TYPE FROM information_schema.USER_PRIVILEGES WHERE GRANTEE LIKE '''app\\_1\\_%' AND PRIVILEGE_TYPE <> 'USAGE'",
        );
        assert.deepEqual(
            global.map((row) => ({ ...row })),
            [{ GRANTEE: "'app_1_owner'@'%'", PRIVILEGE_TYPE: "SHOW_ROUTINE" }],
        );
    });

    it("lets the migrator work in its schema, the planner read the catalog, and neither do anything else", async () => {
        const scene = await Scene.create(one.server);
        await scene.bootstrap();
        await scene.migrator(...sample, "INSERT INTO customers (id, name) VALUES (2, 'a')", "CALL touch()");
        assert.deepEqual(
            await scene
                .migrator("SELECT id, at FROM notes ORDER BY id")
                .then((rows) => rows.map((row) => ({ ...row }))),
            [
                { id: 1, at: 1 },
                { id: 2, at: 4 },
            ],
        );
        const denied = {
            1044: "database",
            1045: "access",
            1142: "table",
            1143: "column",
            1227: "privilege",
            1370: "routine",
            1410: "create user",
            1698: "",
        };
        const refused = async (who: (sql: string) => Promise<unknown>, sql: string) =>
            assert.rejects(who(sql), ({ errno }: { errno: number }) => Object.hasOwn(denied, errno), sql);
        for (const sql of [
            "SELECT * FROM customers",
            "SELECT * FROM names",
            "INSERT INTO notes VALUES (9, 9)",
            "CREATE TABLE more (id INT PRIMARY KEY)",
            "CREATE TRIGGER own BEFORE INSERT ON notes FOR EACH ROW SET NEW.at = 0",
            "CREATE EVENT own ON SCHEDULE EVERY 1 DAY DO SELECT 1",
            "CALL touch()",
            "SELECT twice(1)",
            "DROP TABLE notes",
            "LOCK TABLES notes WRITE",
            `DROP PROCEDURE aurora_pipeline_${scene.database}.read_catalog`,
            `DELETE FROM aurora_pipeline_${scene.database}.bootstraps`,
            "SELECT * FROM mysql.user",
            "SELECT PROCESSLIST_INFO FROM performance_schema.threads",
        ])
            await refused(scene.planner, sql);
        for (const sql of [
            "CREATE USER other",
            `GRANT SELECT ON ${scene.database}.* TO ${scene.database}_planner`,
            "CREATE DATABASE another",
            "SELECT authentication_string FROM mysql.user",
            "SET GLOBAL init_connect = 'SELECT 1'",
            "SET GLOBAL general_log = ON",
            "CREATE FUNCTION udf RETURNS STRING SONAME 'udf.so'",
            "SELECT * FROM customers INTO OUTFILE '/tmp/customers'",
            `CREATE OR REPLACE VIEW aurora_pipeline_${scene.database}.v AS SELECT 1`,
            `DROP PROCEDURE aurora_pipeline_${scene.database}.read_catalog`,
            `INSERT INTO aurora_pipeline_${scene.database}.bootstraps VALUES ('x', 'succeeded', NOW())`,
            "SELECT PROCESSLIST_INFO FROM performance_schema.threads",
        ])
            await assert.rejects(scene.migrator(sql), sql);
        // A mark is the administrator's to write: an account that could write its own would be taken for the pipeline's.
        await assert.rejects(scene.migrator(`ALTER USER CURRENT_USER() ATTRIBUTE '{"a": 1}'`));
    });

    it("shows administrator, migrator and planner the same catalog", async () => {
        const scene = await Scene.create(one.server);
        const before = await scene.catalog(scene.settings());
        await scene.bootstrap();
        await scene.migrator(...sample);
        const [seen, ...others] = await Promise.all(
            [scene.settings(), scene.as("migrator"), scene.as("planner")].map((settings) => scene.catalog(settings)),
        );
        for (const other of others) assert.deepEqual(renderDifferences(differences(seen!, other)), []);
        const kinds = new Set(seen!.entries.map(({ kind }) => kind));
        for (const kind of [
            "table",
            "column",
            "index",
            "view",
            "procedure",
            "function",
            "trigger",
            "event",
            "partition",
            "grant",
        ])
            assert.ok(kinds.has(kind), kind);
        assert.ok(seen!.entries.every(({ definition }) => !definition.includes("(not visible)")));
        // And what is read one by one, before there is the routine, has the same form.
        await scene.migrator(
            "DROP EVENT nightly",
            "DROP TABLE customers, notes",
            "DROP VIEW names",
            "DROP PROCEDURE touch",
            "DROP FUNCTION twice",
        );
        const added = differences(before, await scene.catalog(scene.settings()));
        assert.deepEqual([...new Set(added.map(({ kind }) => kind))], ["grant"]);
    });

    it("repairs what was changed by hand, and says so", async () => {
        const scene = await Scene.create(one.server);
        await scene.bootstrap();
        const [owner, migrator, planner] = ["owner", "migrator", "planner"].map((part) => `${scene.database}_${part}`);
        for (const sql of [
            `ALTER USER ${migrator} REQUIRE NONE ACCOUNT LOCK`,
            `ALTER USER ${planner} WITH MAX_QUERIES_PER_HOUR 1`,
            `ALTER USER ${planner} IDENTIFIED BY 'another'`,
            `ALTER USER ${owner} ACCOUNT UNLOCK`,
            `GRANT RELOAD, PROCESS ON *.* TO ${owner}`,
            `GRANT SESSION_VARIABLES_ADMIN ON *.* TO ${migrator}`,
            `GRANT SELECT, INSERT ON ${scene.database}.* TO ${planner} WITH GRANT OPTION`,
            `GRANT SELECT ON mysql.* TO ${migrator}`,
            `GRANT UPDATE (Host) ON mysql.user TO ${planner}`,
            `GRANT rds_superuser_role TO ${planner}`,
            `REVOKE CREATE, TRIGGER ON \`${scene.database.replace("_", "\\_")}\`.* FROM ${migrator}`,
            `DROP PROCEDURE aurora_pipeline_${scene.database}.read_catalog`,
            // The migrator's in other schemas are a person's to give.
            `CREATE DATABASE reports_${scene.database}`,
            `GRANT SELECT ON reports_${scene.database}.* TO ${migrator}`,
        ])
            await one.root.query(sql);
        await scene.owner(`CREATE PROCEDURE aurora_pipeline_${scene.database}.read_catalog() SELECT 1`);
        const { done } = await scene.bootstrap();
        for (const said of [
            new RegExp(`repaired the account ${migrator}: REQUIRE SSL, ACCOUNT UNLOCK`),
            new RegExp(`repaired the account ${planner}: WITH MAX_QUERIES_PER_HOUR 0`),
            new RegExp(`set the password of ${planner} to that of its secret`),
            new RegExp(`repaired the account ${owner}: ACCOUNT LOCK`),
            new RegExp(`revoked RELOAD on \\*\\.\\* from ${owner}`),
            new RegExp(`revoked PROCESS on \\*\\.\\* from ${owner}`),
            new RegExp(`revoked SESSION_VARIABLES_ADMIN on \\*\\.\\* from ${migrator}`),
            new RegExp(`revoked the role rds_superuser_role from ${planner}`),
            new RegExp(`granted CREATE, TRIGGER on .* to ${migrator}`),
            new RegExp(`revoked SELECT on \`mysql\`\\.\\* from ${migrator}`),
            /defined how the planner reads the catalog/,
        ])
            assert.ok(
                done.some((line) => said.test(line)),
                `${String(said)} in\n${done.join("\n")}`,
            );
        assert.deepEqual((await scene.bootstrap()).done, []);
        // Only who has a privilege can revoke it.
        await one.root.query(`GRANT SUPER ON *.* TO ${migrator}`);
        await assert.rejects(scene.bootstrap(), (error) => {
            assert.ok(error instanceof mysqlErrors.UsersIncomplete);
            return error.message.includes(`REVOKE SUPER ON *.* FROM \`${migrator}\``);
        });
        await one.root.query(`REVOKE SUPER ON *.* FROM ${migrator}`);
        await scene.bootstrap();
        const [kept] = await one.root.query<RowDataPacket[]>(`SHOW GRANTS FOR ${migrator}`);
        assert.ok(kept.some((row) => String(Object.values(row)[0]).includes(`reports_`)));
    });

    it("refuses accounts that are not the pipeline's, and touches nothing then", async () => {
        const scene = await Scene.create(one.server);
        const [migrator, planner] = [`${scene.database}_migrator`, `${scene.database}_planner`];
        await one.root.query(`CREATE USER ${migrator} IDENTIFIED BY 'theirs'`);
        await one.root.query(`CREATE USER ${planner}@'10.0.0.%' IDENTIFIED BY 'theirs'`);
        await assert.rejects(scene.bootstrap(), (error) => {
            assert.ok(error instanceof databaseErrors.UsersRefused);
            const { problems } = error.facts as { problems: string[] };
            assert.equal(problems.length, 2, problems.join("\n"));
            assert.match(
                problems[0]!,
                /exists, and this pipeline did not create it: choose another name with the config key migratorName/,
            );
            assert.match(problems[1]!, /@'10\.0\.0\.%' exists, and the server prefers it/);
            return true;
        });
        const [made] = await one.root.query<RowDataPacket[]>("SELECT User FROM mysql.user WHERE User = ?", [
            `${scene.database}_owner`,
        ]);
        assert.deepEqual(made, []);
        // Its own mark, as the message says, makes it the pipeline's.
        await one.root.query(
            `ALTER USER ${migrator} ATTRIBUTE '{"aurora_pipeline": {"part": "migrator", "database": "${scene.database}"}}'`,
        );
        await one.root.query(`DROP USER ${planner}@'10.0.0.%'`);
        await scene.bootstrap();
    });

    it("refuses IAM where the server has no plugin for it", async () => {
        const scene = await Scene.create(one.server);
        const { planner } = scene.settings();
        await assert.rejects(scene.bootstrap({ planner: { ...planner, iam: true } }), /AWSAuthenticationPlugin/);
    });

    it("sets a password only where the server refuses the secret's, and no log shows it", async () => {
        const scene = await Scene.create(one.server);
        await one.root.query("SET GLOBAL log_output = 'TABLE'");
        await one.root.query("TRUNCATE mysql.general_log");
        await one.root.query("SET GLOBAL general_log = ON");
        try {
            await scene.bootstrap();
            scene.passwords[`${scene.database}_migrator`] = "rotated-by-hand";
            const { done } = await scene.bootstrap();
            assert.deepEqual(done, [`set the password of ${scene.database}_migrator to that of its secret`]);
        } finally {
            await one.root.query("SET GLOBAL general_log = OFF");
        }
        const [rows] = await one.root.query<RowDataPacket[]>(
            "SELECT CONVERT(argument USING utf8mb4) AS text FROM mysql.general_log",
        );
        const text = rows.map((row) => String(row["text"])).join("\n");
        assert.match(
            text,
            /ALTER USER .* IDENTIFIED WITH 'caching_sha2_password' AS '<secret>'|IDENTIFIED BY <secret>/,
        );
        for (const secret of Object.values(scene.passwords)) assert.ok(!text.includes(`'${secret}'`), secret);
    });

    it("tells the plan of the same execution how the bootstrap ended", async () => {
        const scene = await Scene.create(one.server);
        assert.match((await mysql.users.ended(scene.as("planner"))).refusal ?? "", /refuse|denied/i);
        await scene.bootstrap();
        await mysql.users.noteEnd(scene.settings(), "execution-1", "failed");
        await mysql.users.noteEnd(scene.settings(), "execution-1", "succeeded");
        const { ended } = await mysql.users.ended(scene.as("planner"));
        assert.deepEqual(
            ended.map(({ executionId, result }) => ({ executionId, result })),
            [{ executionId: "execution-1", result: "succeeded" }],
        );
        assert.ok(ended[0]!.age >= 0 && ended[0]!.age < 60);
    });
});
