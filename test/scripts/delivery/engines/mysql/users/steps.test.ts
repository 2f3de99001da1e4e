import assert from "node:assert/strict";
import type { Account, State, Users } from "../../../../../../scripts/delivery/engines/mysql/users/model";
import { catalogSchemaOf, inGrant } from "../../../../../../scripts/delivery/engines/mysql/users/names";
import { refusals } from "../../../../../../scripts/delivery/engines/mysql/users/refusals";
import { stepsTo } from "../../../../../../scripts/delivery/engines/mysql/users/steps";
import { tracking } from "../../../../../../scripts/delivery/tools/liquibase/tracking";

describe("the statements that make MySQL's users", () => {
    const users = (iam: boolean): Users => ({
        database: "app",
        tracking,
        owner: "app_owner",
        migrator: { name: "app_migrator", iam },
        planner: { name: "app_planner", iam },
    });
    const nothing: State = {
        administrator: { name: "dbowner", mayCreateUsers: true, mayNameDefiners: true },
        hasIam: true,
        accounts: [],
        grants: [],
        memberships: [],
        catalogSchema: { exists: false, contents: [] },
        trackingTables: ["DATABASECHANGELOG"],
        foreignDefiners: [],
        definedBy: [],
    };
    const marked = (part: string, iam: boolean, changed: Partial<Account> = {}): Account => ({
        ...{
            name: `app_${part}`,
            host: "%",
            locked: part === "owner",
            iam,
            tls: true,
            passwordExpired: false,
            limited: false,
        },
        mark: { part, database: "app" },
        ...changed,
    });
    const statements = (iam: boolean, state: State) => stepsTo(users(iam), state).map(({ sql }) => sql);

    it("create users for IAM without a password, over TLS only", () => {
        const mark = (part: string) =>
            `ATTRIBUTE '{\\"aurora_pipeline\\":{\\"part\\":\\"${part}\\",\\"database\\":\\"app\\"}}'`;
        assert.deepEqual(
            statements(true, nothing).filter((sql) => sql.startsWith("CREATE USER")),
            [
                `CREATE USER \`app_owner\`@'%' IDENTIFIED BY RANDOM PASSWORD ACCOUNT LOCK ${mark("owner")}`,
                ...["migrator", "planner"].map(
                    (part) =>
                        `CREATE USER \`app_${part}\`@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL PASSWORD EXPIRE NEVER ACCOUNT UNLOCK ${mark(part)}`,
                ),
            ],
        );
    });

    it("change how a user logs in, in both directions", () => {
        const accounts = (iam: boolean) => [marked("owner", false), marked("migrator", iam), marked("planner", iam)];
        const altered = (to: boolean) =>
            statements(to, { ...nothing, accounts: accounts(!to) }).filter((sql) => sql.startsWith("ALTER USER"));
        assert.deepEqual(altered(true), [
            "ALTER USER `app_migrator`@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'",
            "ALTER USER `app_planner`@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'",
        ]);
        assert.deepEqual(altered(false), [
            "ALTER USER `app_migrator`@'%' IDENTIFIED BY RANDOM PASSWORD",
            "ALTER USER `app_planner`@'%' IDENTIFIED BY RANDOM PASSWORD",
        ]);
    });

    it("give nothing on the whole server but the sight of routines, and nothing that can be granted on", () => {
        const grants = statements(false, nothing).filter((sql) => sql.startsWith("GRANT"));
        assert.deepEqual(
            grants.filter((sql) => sql.includes(" ON *.* ")),
            ["GRANT SHOW_ROUTINE ON *.* TO `app_owner`@'%'"],
        );
        assert.ok(grants.every((sql) => !/GRANT OPTION|ALL PRIVILEGES|SUPER/.test(sql)));
        const planner = grants.filter((sql) => sql.includes("TO `app_planner`"));
        assert.deepEqual(planner, [
            "GRANT REFERENCES, SHOW VIEW ON `app`.* TO `app_planner`@'%'",
            "GRANT EXECUTE, SELECT ON `aurora\\_pipeline\\_app`.* TO `app_planner`@'%'",
            "GRANT SELECT ON `performance_schema`.`session_connect_attrs` TO `app_planner`@'%'",
            // It need not be there yet.
            "GRANT SELECT, CREATE ON `app`.`DATABASECHANGELOG` TO `app_planner`@'%'",
        ]);
        assert.ok(
            statements(false, nothing).includes("REVOKE CREATE ON `app`.`DATABASECHANGELOG` FROM `app_planner`@'%'"),
        );
    });

    it("take wildcards in a schema's name as they are written, and shorten a long one", () => {
        assert.equal(inGrant("a_b%c"), "`a\\_b\\%c`.*");
        assert.equal(catalogSchemaOf("a".repeat(64)).length, 64);
        assert.notEqual(catalogSchemaOf("a".repeat(64)), catalogSchemaOf(`${"a".repeat(63)}b`));
    });

    it("are none for names that are too long, twice the same, or the administrator's", () => {
        const problems = refusals(
            { ...users(false), owner: "o".repeat(33), planner: { name: "dbowner", iam: false } },
            nothing,
        );
        assert.deepEqual(problems, [
            `the name ${"o".repeat(33)} is longer than 32 characters: choose a shorter one`,
            "dbowner is the administrator, which builds must not connect as: choose another name",
        ]);
        assert.match(refusals({ ...users(false), owner: "app_planner" }, nothing).join(), /app_planner is used twice/);
        const helpless = {
            ...nothing,
            administrator: { name: "dbowner", mayCreateUsers: false, mayNameDefiners: false },
        };
        assert.equal(refusals(users(false), helpless).length, 2);
        const filled = { ...nothing, catalogSchema: { exists: true, contents: ["table bootstraps", "view theirs"] } };
        assert.match(refusals(users(false), filled).join(), /aurora_pipeline_app is the pipeline's own.*view theirs/);
    });
});
