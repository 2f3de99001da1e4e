import type { Corruption } from "./corruptions";

// What `ALTER TABLE` and its neighbours can make of the tracking tables: every form that PostgreSQL 17 has, with what else
// can hang on a table. https://www.postgresql.org/docs/17/sql-altertable.html

const history = "public.databasechangelog";
const lock = "public.databasechangeloglock";
const deployments = "public.aurora_pipeline_deployments";

export const trackingCorruptions: Corruption[] = [
    {
        name: "a partition, a child and a parent",
        by: "migrator",
        sql: `CREATE TABLE bounds (LIKE ${history}) PARTITION BY RANGE (dateexecuted);
              ALTER TABLE bounds ATTACH PARTITION ${history} FOR VALUES FROM (MINVALUE) TO (localtimestamp + interval '1 second');
              CREATE TABLE kid () INHERITS (${lock});
              INSERT INTO kid VALUES (1, true, localtimestamp, 'somebody'), (2, true, localtimestamp, 'somebody');
              CREATE TABLE parent (release_id text NOT NULL);
              ALTER TABLE ${deployments} INHERIT parent;
              ALTER TABLE parent ADD CONSTRAINT short CHECK (length(release_id) < 3) NOT VALID`,
        mended: [
            "detached the table databasechangelog from public.bounds",
            "detached public.kid, whose rows appeared in it, from the table databasechangeloglock",
            "detached the table aurora_pipeline_deployments from public.parent",
            "dropped the constraint short of the table aurora_pipeline_deployments",
        ],
        repair: "DROP TABLE bounds, kid, parent;",
    },
    {
        name: "replica identities and publications",
        by: "migrator",
        sql: `ALTER TABLE ${history} REPLICA IDENTITY NOTHING;
              ALTER TABLE ${lock} REPLICA IDENTITY NOTHING;
              CREATE PUBLICATION whole FOR TABLE ${history}, ${lock}, ${deployments};
              CREATE PUBLICATION part FOR TABLE ${history} (id), ${lock} (id)`,
        mended: [
            "repaired the replica identity of the table databasechangelog",
            "repaired the replica identity of the table databasechangeloglock",
            "repaired the replica identity of the table aurora_pipeline_deployments",
            "removed the table databasechangelog from the publication part, which publishes only some of its columns",
            "removed the table databasechangeloglock from the publication part, which publishes only some of its columns",
        ],
        repair: "DROP PUBLICATION whole, part;",
    },
    {
        name: "a publication of all tables",
        by: "superuser",
        sql: `ALTER TABLE ${history} REPLICA IDENTITY DEFAULT;
              CREATE UNIQUE INDEX told ON ${lock} (locked); ALTER TABLE ${lock} REPLICA IDENTITY USING INDEX told;
              CREATE PUBLICATION everything FOR ALL TABLES`,
        mended: [
            "repaired the replica identity of the table databasechangelog",
            "repaired the replica identity of the table databasechangeloglock",
        ],
    },
    {
        name: "identities and generated columns",
        by: "migrator",
        sql: `ALTER TABLE ${history} ALTER orderexecuted ADD GENERATED ALWAYS AS IDENTITY;
              ALTER TABLE ${history} DROP COLUMN liquibase, ADD COLUMN liquibase varchar(20) GENERATED ALWAYS AS ('x') STORED,
                  ADD COLUMN counted int GENERATED ALWAYS AS IDENTITY;
              ALTER TABLE ${lock} ALTER id ADD GENERATED ALWAYS AS IDENTITY;
              ALTER TABLE ${deployments} DROP COLUMN action, ADD COLUMN action text GENERATED ALWAYS AS ('x' || release_id) STORED`,
        mended: [
            "dropped the identity of the column orderexecuted of the table databasechangelog",
            "dropped the expression of the column liquibase of the table databasechangelog",
            "dropped the column counted of the table databasechangelog",
            "dropped the identity of the column id of the table databasechangeloglock",
            "dropped the expression of the column action of the table aurora_pipeline_deployments",
            "set NOT NULL of the column action of the table aurora_pipeline_deployments",
        ],
    },
    {
        name: "other types, domains and collations",
        by: "migrator",
        sql: `CREATE DOMAIN odd AS varchar(255);
              CREATE TYPE way AS ENUM ('EXECUTED');
              CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
              ALTER TABLE ${history} ALTER tag TYPE odd, ALTER exectype TYPE way USING exectype::text::way, ALTER orderexecuted TYPE text,
                  ALTER dateexecuted TYPE timestamptz, ALTER author TYPE varchar(255) COLLATE loose, ALTER liquibase TYPE int USING 1;
              ALTER DOMAIN odd ADD CHECK (length(value) < 3) NOT VALID;
              ALTER TABLE ${lock} ALTER lockedby TYPE varchar(3), ALTER locked TYPE int USING locked::int;
              ALTER TABLE ${deployments} ALTER catalog TYPE text, ALTER recorded_at TYPE text`,
        mended: [
            "changed the type of the column tag from public.odd to character varying(255) of the table databasechangelog",
            "changed the type of the column exectype from public.way to character varying(10) of the table databasechangelog",
            "changed the type of the column orderexecuted from text to integer of the table databasechangelog",
            "changed the type of the column dateexecuted from timestamp with time zone to timestamp without time zone of the table databasechangelog",
            "restored the collation of the column author of the table databasechangelog",
            "changed the type of the column locked from integer to boolean of the table databasechangeloglock",
            "changed the type of the column lockedby from character varying(3) to character varying(255) of the table databasechangeloglock",
            "changed the type of the column catalog from text to jsonb of the table aurora_pipeline_deployments",
            "changed the type of the column recorded_at from text to timestamp with time zone of the table aurora_pipeline_deployments",
            "set the default of the column recorded_at of the table aurora_pipeline_deployments",
        ],
    },
    {
        name: "keys, foreign keys in both directions, exclusion and a taken name",
        by: "migrator",
        sql: `ALTER TABLE ${history} ADD CONSTRAINT once UNIQUE (id, author, filename);
              CREATE TABLE kept (id varchar(255), author varchar(255), filename varchar(255),
                  CONSTRAINT of_history FOREIGN KEY (id, author, filename) REFERENCES ${history} (id, author, filename));
              INSERT INTO kept SELECT id, author, filename FROM ${history};
              CREATE TABLE hosts (name varchar(255) PRIMARY KEY);
              ALTER TABLE ${lock} ADD CONSTRAINT to_hosts FOREIGN KEY (lockedby) REFERENCES hosts NOT VALID;
              ALTER TABLE ${lock} DROP CONSTRAINT databasechangeloglock_pkey, ADD CONSTRAINT key PRIMARY KEY (id) DEFERRABLE INITIALLY DEFERRED;
              CREATE TABLE databasechangeloglock_pkey ();
              ALTER TABLE ${deployments} ADD CONSTRAINT alone EXCLUDE (action WITH =) WHERE (action = 'never');
              CREATE INDEX large ON ${deployments} (catalog)`,
        mended: [
            "dropped the foreign key of_history of public.kept, which refers to the table databasechangelog",
            "dropped the constraint once of the table databasechangelog",
            "dropped the constraint to_hosts of the table databasechangeloglock",
            "dropped the constraint key of the table databasechangeloglock",
            "added the primary key of the table databasechangeloglock",
            "dropped the constraint alone of the table aurora_pipeline_deployments",
            "dropped the index large of the table aurora_pipeline_deployments",
        ],
        repair: "DROP TABLE kept, hosts, databasechangeloglock_pkey;",
    },
    {
        name: "a key of another column, by the name of the right one",
        by: "migrator",
        sql: `ALTER TABLE ${lock} DROP CONSTRAINT databasechangeloglock_pkey1;
              ALTER TABLE ${lock} ADD CONSTRAINT databasechangeloglock_pkey PRIMARY KEY (locked)`,
        mended: [
            "dropped the constraint databasechangeloglock_pkey of the table databasechangeloglock",
            "added the primary key of the table databasechangeloglock",
        ],
    },
    {
        name: "a type that the columns belong to, and no log",
        by: "migrator",
        sql: `CREATE TYPE one_lock AS (id int, locked boolean, lockgranted timestamp, lockedby varchar(255));
              ALTER TABLE ${lock} OF one_lock;
              ALTER TABLE ${history} SET UNLOGGED;
              ALTER TABLE ${deployments} SET UNLOGGED`,
        mended: [
            "dropped the type of the table databasechangeloglock",
            "made the rows crash-safe of the table databasechangelog",
            "made the rows crash-safe of the table aurora_pipeline_deployments",
        ],
        repair: "DROP TYPE one_lock;",
    },
    {
        name: "columns renamed, dropped, and doubled in capitals",
        by: "migrator",
        sql: `ALTER TABLE ${history} RENAME id TO ident;
              ALTER TABLE ${history} RENAME filename TO "FILENAME";
              ALTER TABLE ${history} DROP COLUMN orderexecuted, DROP COLUMN dateexecuted, DROP COLUMN exectype;
              ALTER TABLE ${history} ADD COLUMN "AUTHOR" text, ADD COLUMN "MD5SUM" text, ADD COLUMN "OrderExecuted" int;
              ALTER TABLE ${lock} DROP COLUMN locked;
              ALTER TABLE ${lock} ADD COLUMN "LOCKED" boolean DEFAULT true, ADD COLUMN "ID" int DEFAULT 7;
              ALTER TABLE ${deployments} DROP COLUMN recorded_at, DROP COLUMN catalog, DROP COLUMN release_id`,
        mended: [
            "renamed the column ident to id of the table databasechangelog",
            "renamed the column FILENAME to filename of the table databasechangelog",
            "added the column orderexecuted of the table databasechangelog",
            "added the column dateexecuted of the table databasechangelog",
            "dropped the column AUTHOR of the table databasechangelog",
            "dropped the column MD5SUM of the table databasechangelog",
            "added the column locked of the table databasechangeloglock",
            "dropped the column LOCKED of the table databasechangeloglock",
            "dropped the column ID of the table databasechangeloglock",
            "added the column recorded_at of the table aurora_pipeline_deployments",
            "set NOT NULL of the column orderexecuted of the table databasechangelog",
            "set NOT NULL of the column locked of the table databasechangeloglock",
        ],
    },
    {
        name: "what keeps no row out",
        by: "migrator",
        sql: `ALTER TABLE ${history} ALTER description SET STORAGE EXTERNAL, ALTER description SET COMPRESSION pglz, ALTER id SET STATISTICS 0,
                  ALTER id SET (n_distinct = 1), SET (fillfactor = 10, autovacuum_enabled = off, toast.autovacuum_enabled = off),
                  SET TABLESPACE pg_default, SET ACCESS METHOD heap, ADD COLUMN spare text, ALTER id DROP NOT NULL;
              CREATE INDEX plain ON ${history} (author); ALTER TABLE ${history} CLUSTER ON plain;
              CREATE STATISTICS together ON id, author, (lower(id)) FROM ${history};
              COMMENT ON TABLE ${history} IS 'ours'; COMMENT ON COLUMN ${history}.id IS 'ours';
              CREATE POLICY none ON ${history} USING (false);
              CREATE VIEW seen AS SELECT * FROM ${history};
              CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'never again'; END $$;
              CREATE TRIGGER each BEFORE UPDATE ON ${history} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
              CREATE TRIGGER emptied BEFORE TRUNCATE ON ${lock} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
              CREATE CONSTRAINT TRIGGER late AFTER INSERT OR DELETE ON ${history} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_change();
              ALTER TABLE ${history} ENABLE ALWAYS TRIGGER each;
              ALTER TABLE ${lock} ENABLE REPLICA TRIGGER emptied`,
        mended: [
            "disabled the trigger each of the table databasechangelog",
            "disabled the trigger late of the table databasechangelog",
            "set NOT NULL of the column id of the table databasechangelog",
        ],
        repair: "DROP VIEW seen;",
    },
    {
        name: "names taken for something else",
        by: "migrator",
        sql: `DROP TABLE ${deployments}; CREATE TABLE indexed (n int); CREATE INDEX aurora_pipeline_deployments ON indexed (n)`,
        mended: [],
        left: ['"public"."aurora_pipeline_deployments" is an index instead of a table'],
        repair: "DROP TABLE indexed;",
    },
    {
        name: "a sequence of that name",
        by: "migrator",
        sql: `DROP TABLE ${deployments}; CREATE SEQUENCE aurora_pipeline_deployments`,
        mended: [],
        left: ['"public"."aurora_pipeline_deployments" is a sequence instead of a table'],
        repair: "DROP SEQUENCE aurora_pipeline_deployments;",
    },
];
