// What a migration can leave behind that would keep every later run from deploying, the repair included.

export interface Corruption {
    name: string;
    /** Who can do it: a migration, or only a person with more rights. */
    by: "migrator" | "superuser";
    /** `APP` stands for the database, and for the beginning of its roles' names. */
    sql: string;
    /** What Bootstrap says that it did. */
    mended: string[];
    /** What it leaves to a person, with the statement. */
    left?: string[];
    /** Whether the history went with it: all is to be deployed again. */
    forgets?: boolean;
    /** A changeset that brings the rest back. Default: one that does nothing. */
    repair?: string;
}

const history = "public.databasechangelog";
const deployments = "public.aurora_pipeline_deployments";

export const corruptions: Corruption[] = [
    {
        name: "settings of the migrator's own role",
        by: "migrator",
        sql: `SET ROLE NONE;
              ALTER ROLE APP_migrator SET default_transaction_read_only = on;
              ALTER ROLE APP_migrator IN DATABASE APP SET default_transaction_read_only = on;
              ALTER ROLE APP_migrator SET statement_timeout = '1ms';
              ALTER ROLE APP_migrator IN DATABASE APP SET search_path = nowhere;
              ALTER ROLE APP_migrator IN DATABASE APP SET role = none;
              ALTER ROLE APP_migrator IN DATABASE postgres SET work_mem = '64kB'`,
        mended: [
            "reset default_transaction_read_only of APP_migrator in all databases",
            "reset statement_timeout of APP_migrator in all databases",
            "reset work_mem of APP_migrator in postgres",
            "set role of APP_migrator to APP_owner",
            "set search_path of APP_migrator to public",
            "set default_transaction_read_only of APP_migrator to off",
        ],
    },
    {
        name: "settings of the database and of all roles",
        by: "superuser",
        sql: `ALTER DATABASE APP SET default_transaction_read_only = on;
              ALTER DATABASE APP SET role = APP_owner;
              ALTER DATABASE APP SET search_path = nowhere, public;
              ALTER ROLE ALL SET search_path = elsewhere`,
        mended: ["set search_path of APP_migrator to public, nowhere"],
    },
    {
        name: "those settings taken back",
        by: "superuser",
        sql: "ALTER DATABASE APP RESET ALL; ALTER ROLE ALL RESET ALL",
        mended: ["set search_path of APP_planner to public"],
    },
    {
        name: "attributes, passwords and memberships",
        by: "superuser",
        sql: `ALTER ROLE APP_migrator NOLOGIN NOINHERIT CONNECTION LIMIT 0 VALID UNTIL '2020-01-01' BYPASSRLS REPLICATION PASSWORD 'x';
              ALTER ROLE APP_owner LOGIN CREATEROLE;
              GRANT APP_owner TO APP_migrator WITH ADMIN OPTION`,
        mended: [
            "repaired the role APP_migrator: LOGIN, INHERIT, CONNECTION LIMIT -1, VALID UNTIL 'infinity'",
            "repaired the role APP_owner: NOLOGIN, NOCREATEROLE",
            "set the password of APP_migrator to that of its secret",
        ],
        left: ['APP_migrator has an attribute that dbowner cannot remove: ALTER ROLE "APP_migrator" NOBYPASSRLS'],
    },
    {
        // They are owned by the role, and no REASSIGN OWNED transfers them.
        name: "default privileges of the migrator's own role, beside a table",
        by: "migrator",
        sql: `SET ROLE NONE;
              ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;
              ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO PUBLIC;
              CREATE TABLE beside ();
              SET ROLE APP_owner`,
        mended: ["transferred from APP_migrator to APP_owner: table public.beside"],
        repair: "DROP TABLE beside",
    },
    {
        name: "CONNECT revoked",
        by: "superuser",
        sql: "REVOKE ALL ON DATABASE APP FROM PUBLIC, APP_owner, APP_planner",
        mended: [
            "granted CONNECT, CREATE, TEMPORARY on the database to APP_owner",
            'granted CONNECT ON DATABASE "APP" to APP_planner',
        ],
    },
    {
        name: "schemas named like the administrator and the users, with a history of their own",
        by: "migrator",
        sql: ["dbowner", "APP_migrator", "APP_owner", "APP_planner"]
            .map(
                (name) =>
                    `CREATE SCHEMA ${name}; GRANT USAGE ON SCHEMA ${name} TO PUBLIC;
                     CREATE TABLE ${name}.databasechangelog (LIKE ${history});
                     CREATE TABLE ${name}.databasechangeloglock (LIKE public.databasechangeloglock);
                     CREATE VIEW ${name}.aurora_pipeline_deployments AS SELECT 1 AS one;`,
            )
            .join("\n"),
        mended: [],
        repair: "DROP SCHEMA dbowner, APP_migrator, APP_owner, APP_planner CASCADE;",
    },
    {
        name: "everything given to the migrator itself",
        by: "migrator",
        sql: "SET ROLE NONE; REASSIGN OWNED BY APP_owner TO APP_migrator",
        mended: ["transferred from APP_migrator to APP_owner: "],
    },
    {
        name: "the owner's own rights revoked",
        by: "migrator",
        sql: `REVOKE ALL ON ${history}, public.databasechangeloglock, ${deployments} FROM APP_owner, APP_planner;
              REVOKE ALL ON SCHEMA public FROM APP_owner, APP_planner, PUBLIC`,
        mended: [
            "granted CREATE, USAGE on the schema public to APP_owner",
            "granted ALL on databasechangelog to APP_owner",
            "granted SELECT on databasechangelog to APP_planner",
        ],
    },
    {
        name: "rights for everybody",
        by: "migrator",
        sql: `GRANT ALL ON ${history} TO PUBLIC; GRANT ALL ON SCHEMA public TO PUBLIC, APP_planner`,
        mended: [
            "revoked CREATE on the schema public from PUBLIC",
            "revoked privileges that a planner does not need from APP_planner: CREATE ON SCHEMA",
        ],
    },
    {
        name: "default privileges",
        by: "migrator",
        sql: "ALTER DEFAULT PRIVILEGES FOR ROLE APP_owner REVOKE ALL ON TABLES FROM APP_owner; DROP TABLE aurora_pipeline_deployments",
        mended: ["created the table aurora_pipeline_deployments"],
        repair: "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO CURRENT_USER;",
    },
    {
        name: "triggers and rules on the tracking tables",
        by: "migrator",
        sql: `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'never again'; END $$;
              CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON ${history} FOR EACH ROW EXECUTE FUNCTION refuse();
              CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON public.databasechangeloglock FOR EACH ROW EXECUTE FUNCTION refuse();
              CREATE RULE nothing AS ON INSERT TO ${history} DO INSTEAD NOTHING`,
        mended: [
            "disabled the trigger refuse of the table databasechangelog",
            "disabled the trigger refuse of the table databasechangeloglock",
            "disabled the rule nothing of the table databasechangelog",
        ],
    },
    {
        name: "row-level security on the tracking tables",
        by: "migrator",
        sql: `ALTER TABLE ${history} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
              ALTER TABLE public.databasechangeloglock ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`,
        mended: [
            "disabled the row-level security of the table databasechangelog",
            "stopped forcing row-level security of the table databasechangelog",
        ],
    },
    {
        name: "constraints, indexes and columns of the tracking tables",
        by: "migrator",
        sql: `ALTER TABLE ${history} ADD CONSTRAINT never CHECK (id = 'first') NOT VALID;
              CREATE UNIQUE INDEX once ON ${history} (author) WHERE orderexecuted > 1000000;
              ALTER TABLE ${history} ADD COLUMN more int NOT NULL DEFAULT 1;
              ALTER TABLE ${history} ALTER more DROP DEFAULT, DROP COLUMN labels, ALTER description TYPE text;
              ALTER TABLE public.databasechangeloglock DROP CONSTRAINT databasechangeloglock_pkey;
              ALTER TABLE ${deployments} ALTER recorded_at DROP DEFAULT`,
        mended: [
            "dropped the constraint never of the table databasechangelog",
            "dropped the index once of the table databasechangelog",
            "dropped NOT NULL of the column more of the table databasechangelog",
            "added the column labels of the table databasechangelog",
            "added the primary key of the table databasechangeloglock",
            "set the default of the column recorded_at of the table aurora_pipeline_deployments",
        ],
    },
    {
        name: "a view in place of the recorded catalogs",
        by: "migrator",
        sql: `ALTER TABLE ${deployments} RENAME TO old_deployments; CREATE VIEW ${deployments} AS SELECT 1 / 0 AS catalog`,
        mended: [],
        left: [
            '"public"."aurora_pipeline_deployments" is a view instead of a table; drift is unknown until it is dropped: DROP VIEW "public"."aurora_pipeline_deployments"',
        ],
        repair: `DROP VIEW ${deployments}; ALTER TABLE old_deployments RENAME TO aurora_pipeline_deployments;`,
    },
    {
        name: "a setting that only a superuser resets",
        by: "superuser",
        sql: "ALTER ROLE APP_planner IN DATABASE APP SET log_statement = 'none'; ALTER ROLE APP_migrator SET my.setting = 'x'",
        mended: [],
        left: [
            'log_statement is set for APP_planner, and only a superuser can reset it: ALTER ROLE "APP_planner" IN DATABASE "APP" RESET "log_statement"',
            'my.setting is set for APP_migrator, and only a superuser can reset it: ALTER ROLE "APP_migrator" RESET "my"."setting"',
        ],
    },
    {
        name: "the schema dropped, and the history with it",
        by: "migrator",
        sql: "DROP SCHEMA public CASCADE",
        mended: ["created the schema public", "created the table databasechangelog"],
        forgets: true,
    },
    {
        name: "functions of names that the pipeline uses",
        by: "migrator",
        sql: `CREATE FUNCTION public.quote_ident(name) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'never again'; END $$;
              CREATE FUNCTION public.format(text, name, text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'never again'; END $$`,
        mended: [],
        repair: "DROP FUNCTION public.quote_ident(name); DROP FUNCTION public.format(text, name, text);",
    },
];
