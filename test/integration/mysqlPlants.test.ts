import assert from "node:assert/strict";
import type { RowDataPacket } from "mysql2/promise";
import { mysql } from "../../scripts/delivery/engines/mysql";
import { eventually } from "../support/eventually";
import { MysqlServer } from "../support/mysqlServer";
import { Scene } from "../support/mysqlUsers";

describe("what migrations plant in MySQL", function () {
    this.timeout(300_000);
    const one = MysqlServer.forTests();

    /** Who ran it: the account that logged in, and the one whose rights it had. */
    const seen = (what: string) => `INSERT INTO seen VALUES ('${what}', USER(), CURRENT_USER())`;
    const plants = [
        "CREATE TABLE seen (what VARCHAR(50), login VARCHAR(100), rights VARCHAR(100))",
        `CREATE FUNCTION f_definer() RETURNS INT NOT DETERMINISTIC BEGIN ${seen("function, SQL SECURITY DEFINER")}; RETURN 1; END`,
        `CREATE FUNCTION f_invoker() RETURNS INT NOT DETERMINISTIC SQL SECURITY INVOKER BEGIN ${seen("function, SQL SECURITY INVOKER")}; RETURN 1; END`,
        // Under the names of the server's own functions, and of what a bootstrap reads.
        ...["concat", "version", "json_extract", "database", "current_user"].map(
            (name) =>
                `CREATE FUNCTION \`${name}\`(a INT) RETURNS INT NOT DETERMINISTIC BEGIN ${seen(`function ${name}`)}; RETURN 1; END`,
        ),
        "CREATE VIEW user_privileges AS SELECT f_invoker() AS grantee",
        "CREATE VIEW routines AS SELECT f_definer() AS routine_name",
        "CREATE SQL SECURITY INVOKER VIEW aurora_pipeline_deployments AS SELECT f_invoker() AS id, 'r' AS release_id",
        "CREATE VIEW DATABASECHANGELOGLOCK AS SELECT f_definer() AS ID, f_invoker() AS LOCKED",
        "CREATE TABLE DATABASECHANGELOG (ID VARCHAR(255))",
        `CREATE TRIGGER on_history BEFORE INSERT ON DATABASECHANGELOG FOR EACH ROW ${seen("trigger on the history")}`,
        `CREATE PROCEDURE read_catalog() ${seen("procedure read_catalog")}`,
        `CREATE EVENT every_second ON SCHEDULE EVERY 1 SECOND DO ${seen("event")}`,
    ];

    it("never runs in a session or with the rights of the administrator, in two bootstraps", async () => {
        const scene = await Scene.create(one.server);
        await scene.bootstrap();
        await scene.migrator(...plants);
        await one.root.query("SET GLOBAL log_output = 'TABLE'");
        await one.root.query("TRUNCATE mysql.general_log");
        await one.root.query("SET GLOBAL general_log = ON");
        try {
            await scene.bootstrap();
            await one.root.query(`ALTER USER ${scene.database}_planner ACCOUNT LOCK`);
            await scene.bootstrap();
            await mysql.users.noteEnd(scene.settings(), "execution-1", "succeeded");
        } finally {
            await one.root.query("SET GLOBAL general_log = OFF");
        }
        const ran = await scene.migrator(
            "SELECT DISTINCT what, login, rights FROM seen WHERE login LIKE 'dbowner%' OR rights LIKE 'dbowner%'",
        );
        assert.deepEqual(ran, []);
        // What the administrator sends names schemas of the server and of the pipeline only.
        const [sent] = await one.root.query<RowDataPacket[]>(
            "SELECT CONVERT(argument USING utf8mb4) AS text FROM mysql.general_log WHERE command_type = 'Query' AND user_host LIKE 'dbowner[%'",
        );
        const own =
            /^(?:SET |SELECT (?:@@GLOBAL|GET_LOCK|database\(\)|1 FROM information_schema|version\(\))|CALL `aurora_pipeline_|GRANT |REVOKE |CREATE USER |ALTER USER |CREATE DATABASE |CREATE TABLE IF NOT EXISTS `aurora_pipeline_|INSERT INTO `aurora_pipeline_|DELETE FROM `aurora_pipeline_)/;
        const texts = sent.map((row) => String(row["text"]).trim());
        assert.ok(texts.length > 20, `${texts.length} statements`);
        const others = texts.filter((text) => !own.test(text));
        for (const text of others) {
            const from = [...text.matchAll(/\b(?:FROM|JOIN)\s+([\w.`]+)/gi)].map(([, name]) => name!);
            assert.ok(
                from.length > 0 &&
                    from.every((name) =>
                        /^(?:information_schema|mysql|performance_schema|`?aurora_pipeline_\w+`?)\./.test(name),
                    ),
                text,
            );
        }
        // The plants are alive.
        await assert.rejects(scene.owner("SELECT * FROM DATABASECHANGELOGLOCK", "nothing"));
        const alive = await scene.migrator(
            "SELECT DISTINCT login FROM seen WHERE what LIKE 'function, SQL SECURITY DEFINER' AND login LIKE 'dbowner%'",
        );
        assert.equal(alive.length, 1);
        const rights = "SELECT DISTINCT rights FROM seen WHERE what = 'event'";
        await eventually("the event has run", async () => (await scene.migrator(rights)).length > 0);
        assert.deepEqual(
            (await scene.migrator(rights)).map((row) => String(row["rights"])),
            [`${scene.database}_migrator@%`],
        );
        await scene.migrator("DROP EVENT every_second");
    });

    it("cannot name another definer, whatever it defines", async () => {
        const scene = await Scene.create(one.server);
        await scene.bootstrap();
        await scene.migrator("CREATE TABLE t (id INT PRIMARY KEY)");
        for (const definer of [
            "dbowner@'%'",
            `${scene.database}_owner@'%'`,
            `${scene.database}_planner@'%'`,
            "nobody@'%'",
        ]) {
            for (const what of [
                "VIEW v AS SELECT 1",
                "SQL SECURITY DEFINER VIEW v AS SELECT 1",
                "TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET @x = 1",
                "PROCEDURE p() SELECT 1",
                "FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1",
                "EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
            ])
                await assert.rejects(
                    scene.migrator(`CREATE DEFINER = ${definer} ${what}`),
                    { errno: 1227 },
                    `${definer} ${what}`,
                );
        }
        await assert.rejects(
            scene.migrator(
                "CREATE FUNCTION g() RETURNS INT DETERMINISTIC RETURN 1",
                "CREATE TABLE u (id INT, n INT AS (g()))",
            ),
            { errno: 3763 },
        );
        // With its own rights only: a procedure's rights are its definer's.
        await scene.migrator(
            `CREATE PROCEDURE up() SQL SECURITY DEFINER BEGIN SET @s = 'GRANT ALL ON *.* TO ${scene.database}_migrator'; PREPARE s FROM @s; EXECUTE s; END`,
        );
        await assert.rejects(scene.migrator("CALL up()"), { errno: 1045 });
    });

    it("names what still runs with the administrator's rights, from before there were users", async () => {
        const scene = await Scene.create(one.server);
        await scene.owner(
            "CREATE TABLE t (id INT PRIMARY KEY)",
            "CREATE VIEW old AS SELECT id FROM t",
            "CREATE PROCEDURE act() SELECT 1",
        );
        const { left } = await scene.bootstrap();
        assert.equal(left.length, 2, left.join("\n"));
        assert.match(left[0]!, /the procedure act runs with the rights of dbowner@%.*create it again in a changeset/);
        assert.match(left[1]!, /the view old runs/);
    });
});
