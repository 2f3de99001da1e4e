// What a migration can leave behind in wait for whoever comes next: each is planted by a changeset, as the migrator, and
// calls `public.plant`, which leaves a line in the server's log and tries to raise the migrator.

export interface Plant {
    /** Its name in the server's log. */
    name: string;
    /** What the changeset does. */
    sql: string;
    /** What makes it run in an ordinary session: proves that it works. */
    fire: string;
}

const tracking = "public.aurora_pipeline_deployments";
const insert = `INSERT INTO ${tracking} (release_id, action, plan_digest, catalog_digest) VALUES ('r', 'deploy', '', '')`;

/** The payload; `migrator` is whom it raises when the administrator runs it. */
export function payload(administrator: string, migrator: string): string {
    return `
        CREATE FUNCTION public.plant(what text) RETURNS boolean LANGUAGE plpgsql AS $$
        BEGIN
            RAISE LOG 'PLANT % ran as %', what, session_user;
            IF current_user = '${administrator}' THEN
                EXECUTE 'ALTER ROLE ${migrator} CREATEDB';
            END IF;
            RETURN true;
        END $$;
        CREATE FUNCTION public.calm_plant(what text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
        BEGIN
            PERFORM public.plant(what);
            RETURN true;
        END $$;`;
}

/** Function bodies that call the payload and return something of the type that is wanted. */
function fn(name: string, args: string, returns: string, plant: string, value: string): string {
    return `CREATE FUNCTION public.${name}(${args}) RETURNS ${returns} LANGUAGE plpgsql AS $$
        BEGIN PERFORM public.plant('${plant}'); RETURN ${value}; END $$;`;
}

/** All of them live side by side in one database. */
export const plants: Plant[] = [
    {
        name: "operator",
        sql: `${fn("join_names", "text, regclass", "text", "operator", "textcat($1, regclassout($2)::text)")}
              CREATE OPERATOR public.|| (LEFTARG = text, RIGHTARG = regclass, FUNCTION = public.join_names);`,
        fire: "SELECT 'x'::text || 'pg_class'::regclass",
    },
    {
        name: "comparison",
        sql: `${fn("same_class", "oid, regclass", "boolean", "comparison", "oideq($1, $2::oid)")}
              CREATE OPERATOR public.= (LEFTARG = oid, RIGHTARG = regclass, FUNCTION = public.same_class);`,
        fire: "SELECT 1259::oid = 'pg_class'::regclass",
    },
    {
        name: "better-matching function",
        sql: fn("quote_ident", "name", "text", "better-matching function", "pg_catalog.quote_ident($1::text)"),
        fire: "SELECT quote_ident(nspname) FROM pg_namespace LIMIT 1",
    },
    {
        name: "function instead of a variadic one",
        sql: fn("format", "text, name, text", "text", "function instead of a variadic one", "$3"),
        fire: "SELECT format('%I.%I', current_schema(), 't'::text)",
    },
    {
        name: "aggregate",
        sql: `${fn("gather", "text, record", "text", "aggregate", "''")}
              CREATE AGGREGATE public.json_agg (record) (SFUNC = public.gather, STYPE = text);`,
        fire: "SELECT json_agg(x) FROM (SELECT 1) x",
    },
    {
        name: "cast",
        sql: `CREATE TYPE public.level AS ENUM ('low');
              ${fn("level_text", "public.level", "text", "cast", "'low'")}
              CREATE CAST (public.level AS text) WITH FUNCTION public.level_text(public.level) AS IMPLICIT;
              ALTER TABLE ${tracking} ADD COLUMN level public.level DEFAULT 'low';`,
        fire: "SELECT 'low'::public.level::text",
    },
    {
        name: "domain's input",
        sql: `CREATE DOMAIN public.odd AS text CHECK (public.plant('domain''s input'));
              ALTER TABLE ${tracking} ADD COLUMN odd public.odd DEFAULT 'x';`,
        fire: "SELECT 'x'::public.odd",
    },
    {
        name: "trigger",
        sql: `CREATE FUNCTION public.on_insert() RETURNS trigger LANGUAGE plpgsql AS $$
              BEGIN PERFORM public.plant('trigger'); RETURN NEW; END $$;
              CREATE TRIGGER planted BEFORE INSERT ON ${tracking} FOR EACH ROW EXECUTE FUNCTION public.on_insert();`,
        fire: insert,
    },
    {
        name: "trigger of the history",
        sql: `CREATE FUNCTION public.on_history() RETURNS trigger LANGUAGE plpgsql AS $$
              BEGIN PERFORM public.plant('trigger of the history'); RETURN NEW; END $$;
              CREATE TRIGGER planted AFTER INSERT OR UPDATE OR DELETE ON public.databasechangelog
                  FOR EACH ROW EXECUTE FUNCTION public.on_history();`,
        fire: "UPDATE public.databasechangelog SET description = description",
    },
    {
        name: "rule",
        sql: `CREATE RULE planted AS ON INSERT TO ${tracking} DO ALSO SELECT public.plant('rule');`,
        fire: insert,
    },
    {
        name: "row security",
        sql: `ALTER TABLE ${tracking} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
              CREATE POLICY planted ON ${tracking} USING (public.plant('row security'));`,
        fire: `SELECT * FROM ${tracking}`,
    },
    {
        name: "default",
        sql: `${fn("soon", "", "timestamptz", "default", "clock_timestamp()")}
              ALTER TABLE ${tracking} ALTER recorded_at SET DEFAULT public.soon();`,
        fire: insert,
    },
    {
        name: "check",
        sql: `ALTER TABLE ${tracking} ADD CONSTRAINT planted CHECK (public.plant('check'));`,
        fire: insert,
    },
    {
        name: "generated column",
        sql: `ALTER TABLE ${tracking} ADD COLUMN made boolean GENERATED ALWAYS AS (public.calm_plant('generated column')) STORED;`,
        fire: insert,
    },
    {
        name: "index expression",
        sql: `CREATE INDEX ON ${tracking} ((public.calm_plant('index expression' || left(action, 0))));`,
        fire: insert,
    },
    {
        name: "index predicate",
        sql: `CREATE INDEX ON ${tracking} (action) WHERE public.calm_plant('index predicate' || left(action, 0));`,
        fire: insert,
    },
    {
        name: "partition key",
        sql: `CREATE TABLE public.parted (action text) PARTITION BY LIST ((public.calm_plant('partition key' || left(action, 0))));
              CREATE TABLE public.parted_all PARTITION OF public.parted DEFAULT;`,
        fire: "INSERT INTO public.parted VALUES ('a')",
    },
    {
        name: "materialized view",
        sql: "CREATE MATERIALIZED VIEW public.planted AS SELECT public.plant('materialized view') AS planted;",
        fire: "REFRESH MATERIALIZED VIEW public.planted",
    },
    {
        name: "statistics",
        sql: `CREATE TABLE public.measured AS SELECT generate_series(1, 10) AS n;
              CREATE STATISTICS public.planted_statistics ON (public.calm_plant('statistics' || left(n::text, 0))), n FROM public.measured;`,
        fire: "ANALYZE public.measured",
    },
    {
        name: "temporary schema",
        sql: `CREATE FUNCTION public.fill() RETURNS void LANGUAGE plpgsql AS $$
              BEGIN
                  CREATE TEMPORARY VIEW pg_roles AS SELECT public.plant('temporary schema') AS rolcanlogin, rolname FROM pg_catalog.pg_roles;
                  CREATE FUNCTION pg_temp.quote_ident(name) RETURNS text LANGUAGE plpgsql AS
                      'BEGIN PERFORM public.plant(''temporary schema''); RETURN $1::text; END';
              END $$;
              SELECT public.fill();`,
        fire: "SELECT public.fill(); SET LOCAL search_path = pg_temp, pg_catalog; SELECT rolcanlogin, rolname FROM pg_roles LIMIT 1",
    },
];

/** A view in the place of one of the pipeline's tables: planted when the others have been tried, for it hides the table. */
export const viewInPlace: Plant = {
    name: "view in place of a table",
    sql: `ALTER TABLE ${tracking} RENAME TO kept_deployments;
          CREATE VIEW ${tracking} AS SELECT * FROM public.kept_deployments WHERE public.plant('view in place of a table');`,
    fire: `SELECT * FROM ${tracking}`,
};

/** As a changeset that runs as one statement. */
export function changesetOf({ name, sql }: Pick<Plant, "name" | "sql">): string {
    return `--changeset plants:${name.replaceAll(/\W/g, "-")} splitStatements:false\n${sql.replaceAll(/\n\s*/g, "\n")}\n--rollback empty`;
}
