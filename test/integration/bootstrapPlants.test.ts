import * as assert from "node:assert/strict";
import { Delivery, password, type Project } from "../support/delivery";
import { changesetOf, payload, type Plant, plants, viewInPlace } from "../support/plants/library";
import { loweredLint } from "../support/plants/lint";
import { type Logged, StatementLog, unqualifiedNames } from "../support/statementLog";
import { Users } from "../support/users";

// Nothing that a migration leaves behind may run in a session of the administrator: CVE-2018-1058 and its kind. What the
// administrator sends is in the server's log, statement by statement; what runs inside of one leaves a line there by itself.

const administrator = "dbowner";
const execution = { PIPELINE_EXECUTION_ID: "execution-1" };

/** How many of the plants are operators, functions and aggregates for PostgreSQL's own types under names of its own. */
const ownInPlace = 5;

const role = '"app_1_(?:owner|migrator|planner)"';
const anyRole = `(?:${role}|"${administrator}"|"rds_iam")`;

/** Every kind of statement that the administrator may send, whole. */
const expected: Record<string, RegExp> = {
    "is it the writer": /^SELECT pg_catalog\.pg_is_in_recovery\(\) AS reader$/,
    "keep what it writes on disk":
        /^SELECT pg_catalog\.set_config\('synchronous_commit', 'on', false\) WHERE pg_catalog\.current_setting\('synchronous_commit'\) OPERATOR\(pg_catalog\.=\) 'off'$/,
    "where to look for names": /^SET search_path = pg_catalog, pg_temp$/,
    "whose roles the stack's config declared":
        /^SELECT rolname AS name, pg_catalog\.shobj_description\(.*\) AS comment, /,
    "what is there of what the stack's config declares":
        /^SELECT pg_catalog\.json_build_object\('roles', .*'memberships', .*'extensions', .*\) AS state$/,
    "what is there": /^SELECT pg_catalog\.json_build_object\( ?'(?:settings|server)', .*\) AS state$/,
    "the catalog": /^SELECT kind::pg_catalog\.text, .* UNION ALL SELECT kind::pg_catalog\.text, /,
    "the server's version": /^SELECT pg_catalog\.current_setting\('server_version_num'\)::pg_catalog\.int4 AS version$/,
    "a snapshot":
        /^BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;SET LOCAL search_path = pg_catalog, pg_temp(?:;SET LOCAL \w+ = [\w', ]+)+$/,
    "a transaction": /^(?:BEGIN|COMMIT|ROLLBACK|SET LOCAL lock_timeout = '5s')$/,
    "a lock": /^SELECT pg_catalog\.pg_advisory_xact_lock\(pg_catalog\.hashtext\('aurora-pipeline: users'\)\)$/,
    "which bootstraps have ended": /^SELECT wanted\.name AS role, .* FROM \(SELECT pg_catalog\.concat\(/,
    "a role": new RegExp(`^(?:CREATE|ALTER) ROLE ${role}(?: (?:NO)?[A-Z]+)+$`),
    "a setting": new RegExp(`^ALTER ROLE ${role}(?: IN DATABASE "app_1")? (?:SET \\w+ = "[\\w, "]+"|RESET "\\w+")$`),
    "a password": new RegExp(`^ALTER ROLE ${role} PASSWORD (?:NULL|'SCRAM-SHA-256\\$[^']+')$`),
    "a membership": new RegExp(
        `^(?:GRANT ${anyRole} TO|REVOKE ${anyRole} FROM) ${anyRole}(?: WITH INHERIT TRUE, SET TRUE)?$`,
    ),
    "the mark of a role": new RegExp(`^COMMENT ON ROLE ${role} IS 'aurora-pipeline: \\w+ of the database app_1'$`),
    "what the stack's config declares": new RegExp(
        "^(?:" +
            [
                'CREATE SCHEMA "extensions"',
                'GRANT USAGE ON SCHEMA "extensions" TO PUBLIC',
                `COMMENT ON (?:SCHEMA "extensions"|EXTENSION "pg_trgm"|ROLE "plants_\\w+") IS 'aurora-pipeline: [\\w ]+ of the database app_1'`,
                'CREATE EXTENSION "pg_trgm" WITH SCHEMA "extensions"',
                'CREATE ROLE "plants_\\w+" (?:NO)?LOGIN INHERIT',
                'GRANT "plants_group" TO "plants_shop" WITH INHERIT TRUE, SET TRUE',
                'GRANT CONNECT ON DATABASE "app_1" TO "plants_shop"',
                'ALTER ROLE "plants_shop" IN DATABASE "app_1" SET search_path = "public", "extensions"',
                "ALTER ROLE \"plants_shop\" PASSWORD 'SCRAM-SHA-256\\$[^']+'",
                'GRANT "plants_\\w+" TO "dbowner"',
                "(?:RELEASE )?SAVEPOINT step",
                'DROP EXTENSION "pg_trgm"',
                'DROP OWNED BY "plants_\\w+"',
                'DROP ROLE "plants_\\w+"',
            ].join("|") +
            ")$",
    ),
    "the end of a bootstrap":
        /^(?:CREATE ROLE "aurora_pipeline_bootstrap_\d+" NOLOGIN|COMMENT ON ROLE "aurora_pipeline_bootstrap_\d+" IS 'aurora-pipeline: bootstraps, the newest first: [\w@= -]+')$/,
    "an owner": new RegExp(
        `^(?:REASSIGN OWNED BY ${anyRole} TO ${role}|ALTER SCHEMA "public" OWNER TO ${role}|ALTER DATABASE "app_1" OWNER TO "${administrator}")$`,
    ),
    "a privilege": new RegExp(
        `^(?:GRANT [A-Z, ]+ ON (?:DATABASE "app_1"|SCHEMA "public") TO ${role}|REVOKE CREATE ON SCHEMA "public" FROM PUBLIC|DROP OWNED BY "app_1_planner")$`,
    ),
};

for (const authentication of ["Secret", "Iam"] as const) {
    describe(`what migrations plant, with authentication ${authentication}`, () => {
        let delivery: Delivery;
        let project: Project;
        let users: Users;
        let log: StatementLog;

        before(async () => {
            delivery = await Delivery.start({ iam: true });
            log = await StatementLog.start(delivery.server);
            project = await delivery.project();
            users = new Users(delivery, project, authentication === "Iam");
            await users.bootstrap(0, execution);
            project.write(loweredLint);
            project.changelog(...changelog());
            await users.run("deploy", users.migrator);
        });
        after(() => delivery?.dispose());

        const changelog = () => [
            changesetOf({ name: "payload", sql: payload(administrator, users.migrator.name) }),
            ...plants.map(changesetOf),
        ];
        const ran = () =>
            [...log.text().matchAll(/PLANT (.*) ran as (\w+)/g)].map(([, plant, by]) => `${plant} as ${by}`);
        const ranAsAdministrator = () => ran().filter((line) => line.endsWith(` as ${administrator}`));

        async function isNoDud({ name, fire }: Plant): Promise<void> {
            log.begin();
            const client = await delivery.server.connect(project.database, administrator, password);
            await client.query("BEGIN");
            await client.query(fire);
            await client.query("ROLLBACK");
            await client.end();
            assert.ok(ran().includes(`${name} as ${administrator}`), `${name}\n${log.text()}`);
        }

        /**
         * Twice, after something was disturbed: it mends, and then finds nothing to do, but for what a person decides, which
         * are at least the plants that take the place of PostgreSQL's own functions and operators.
         */
        async function bootstrapTwice(disturbance: string, manual = ownInPlace): Promise<void> {
            await project.query(disturbance);
            log.begin();
            assert.match(await users.bootstrap(0, execution), /The users of dev are ready/);
            const second = await users.bootstrap(0, execution);
            assert.equal(second.match(/takes the place of PostgreSQL's own/g)?.length, ownInPlace);
            assert.match(second, new RegExp(`: 0 changes; ${manual} manual steps above\\.$`, "m"));
            assert.deepEqual(ranAsAdministrator(), []);
            const statements = log.statementsOf(administrator);
            assert.deepEqual(unexpected(statements), []);
            assert.deepEqual(statements.flatMap(namesWithoutSchema), []);
            // It did what there was to do, so that this says something.
            const kinds = new Set(statements.flatMap(kindsOf));
            for (const kind of ["what is there", "the catalog", "a privilege", "the end of a bootstrap"]) {
                assert.ok(kinds.has(kind), kind);
            }
            assert.ok(statements.every(({ application }) => application === "aurora-pipeline-bootstrap"));
        }

        it("fires in an unhardened session, each of them", async () => {
            assert.ok(plants.length >= 15);
            for (const plant of plants) {
                await isNoDud(plant);
            }
        });

        it("does not run as the administrator, whose statements are all expected and fully qualified", async () => {
            const before = await roles();
            await bootstrapTwice(
                `GRANT SELECT ON public.measured TO ${users.planner.name}; ALTER ROLE ${users.migrator.name} CREATEDB; CREATE TABLE public.by_hand (); ALTER TABLE public.by_hand OWNER TO ${administrator}`,
            );
            assert.deepEqual(await roles(), before);
            await bootstrapTwice(
                `ALTER SCHEMA public OWNER TO ${administrator}; ALTER ROLE ${users.planner.name} SET search_path = x; REVOKE CONNECT ON DATABASE ${project.database} FROM ${users.planner.name}; DROP TABLE public.databasechangeloglock`,
            );
            assert.deepEqual(await roles(), before);
        });

        it("does not run either as a view in place of a table", async () => {
            const before = await roles();
            project.nextExecution();
            project.changelog(...changelog(), changesetOf(viewInPlace));
            await users.run("deploy", users.migrator);
            await isNoDud(viewInPlace);
            await bootstrapTwice(
                `REVOKE CONNECT ON DATABASE ${project.database} FROM ${users.planner.name}`,
                ownInPlace + 1,
            );
            assert.deepEqual(await roles(), before);
        });

        // The statements are the same with both authentications.
        if (authentication === "Secret") {
            it("does not run where the stack's config declares extensions and roles for applications", async () => {
                const secret = { BOOTSTRAP_PASSWORD_OF_plants_shop: "serves" };
                const declared = {
                    ...execution,
                    ...secret,
                    BOOTSTRAP_EXTENSIONS: JSON.stringify(["pg_trgm"]),
                    BOOTSTRAP_GROUP_ROLES: JSON.stringify([{ name: "plants_group", grants: ["SELECT ON TABLES"] }]),
                    BOOTSTRAP_APPLICATION_USERS: JSON.stringify([
                        {
                            name: "plants_shop",
                            memberOf: ["plants_group"],
                            grants: ["INSERT, UPDATE ON TABLES", "USAGE ON SEQUENCES", "EXECUTE ON FUNCTIONS"],
                        },
                    ]),
                };
                log.begin();
                await users.bootstrap(0, declared);
                await users.bootstrap(0, declared);
                // What is not declared any more goes.
                await users.bootstrap(0, execution);
                assert.deepEqual(ranAsAdministrator(), []);
                const statements = log.statementsOf(administrator);
                assert.deepEqual(unexpected(statements), []);
                assert.deepEqual(statements.flatMap(namesWithoutSchema), []);
                for (const sent of [/^CREATE EXTENSION /, /^DROP EXTENSION /, /^DROP ROLE /]) {
                    assert.ok(
                        statements.some(({ sql }) => sent.test(sql)),
                        String(sent),
                    );
                }
            });
        }

        it("does not run as an event trigger: nothing is done until a person has disabled it", async () => {
            const before = await roles();
            await project.query(
                `CREATE FUNCTION public.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM public.plant('event trigger'); END $$;
                 ALTER FUNCTION public.on_ddl() OWNER TO ${users.owner};
                 CREATE EVENT TRIGGER planted ON ddl_command_end EXECUTE FUNCTION public.on_ddl()`,
            );
            log.begin();
            for (const _ of [1, 2]) {
                assert.match(await users.bootstrap(2), /the event trigger planted runs public\.on_ddl\(\)/);
            }
            assert.deepEqual(ranAsAdministrator(), []);
            const statements = log.statementsOf(administrator);
            assert.deepEqual(unexpected(statements), []);
            assert.deepEqual(
                [...new Set(statements.flatMap(kindsOf))],
                [
                    "is it the writer",
                    "where to look for names",
                    "keep what it writes on disk",
                    "what is there",
                    "whose roles the stack's config declared",
                    "what is there of what the stack's config declares",
                ],
            );
            assert.deepEqual(await roles(), before);
        });

        /** All that is said of roles: attributes, memberships, settings. */
        async function roles(): Promise<unknown> {
            return project.query(
                `SELECT 'role' AS kind, to_jsonb(r) - 'oid' AS said FROM pg_roles r
                  UNION ALL SELECT 'membership', jsonb_build_array(roleid::regrole, member::regrole, grantor::regrole, admin_option, inherit_option, set_option)
                       FROM pg_auth_members
                  UNION ALL SELECT 'setting', jsonb_build_array(setdatabase, setrole::regrole, setconfig) FROM pg_db_role_setting
                  ORDER BY 1, 2`,
            );
        }
    });
}

function kindsOf({ sql }: Logged): string[] {
    return Object.keys(expected).filter((kind) => expected[kind]!.test(sql));
}

function unexpected(statements: Logged[]): string[] {
    return statements.filter((statement) => kindsOf(statement).length !== 1).map(({ sql }) => sql);
}

/** Of statements that define something the names are roles, and in quotes. */
function namesWithoutSchema({ sql }: Logged): string[] {
    return sql.startsWith("SELECT") ? unqualifiedNames(sql) : [];
}
