import type { Corruption } from "./corruptions";

// Tracking tables that `ALTER TABLE` cannot put right, for other objects use their columns, or their columns' numbers are
// used up. Bootstrap puts a new table in their place.

const history = "public.databasechangelog";
const lock = "public.databasechangeloglock";
const deployments = "public.aurora_pipeline_deployments";

const anew = (table: string, suffix = "") =>
    `rebuilt the table ${table} with its rows, because it could not be altered; the old table, with everything that uses it, is now ${table}_replaced${suffix}: drop it once nothing needs it`;

/** Ways in which something can use a column of another type than the pipeline's. */
const users: Record<string, string> = {
    "a function's body": `CREATE FUNCTION uses() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT max(exectype) FROM ${history}; END`,
    "a view": `CREATE VIEW uses AS SELECT exectype FROM ${history}`,
    "a rule": `CREATE TABLE uses (); CREATE RULE uses AS ON INSERT TO uses DO ALSO SELECT max(exectype) FROM ${history}`,
    "a policy": `CREATE POLICY uses ON ${history} USING (exectype <> '')`,
    "a trigger's condition": `CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
        CREATE TRIGGER uses BEFORE INSERT ON ${history} FOR EACH ROW WHEN (NEW.exectype <> '') EXECUTE FUNCTION stay()`,
    "a trigger's columns": `CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
        CREATE TRIGGER uses BEFORE UPDATE OF exectype ON ${history} FOR EACH ROW EXECUTE FUNCTION stay()`,
    "a generated column": `ALTER TABLE ${history} ADD COLUMN uses text GENERATED ALWAYS AS (lower(exectype)) STORED;
        CREATE VIEW uses AS SELECT uses FROM ${history}`,
    "statistics and an index": `CREATE STATISTICS uses ON exectype, (lower(exectype)) FROM ${history}; CREATE INDEX of_type ON ${history} (exectype)`,
    "the table's own type": `CREATE TABLE uses (rows ${history}[]); INSERT INTO uses SELECT array_agg(h) FROM ${history} h`,
    "a publication's list and condition": `CREATE PUBLICATION uses FOR TABLE ${history} (id, exectype) WHERE (exectype <> '') WITH (publish = 'insert')`,
};

/** What has to be altered in place, and what cannot be: the old table is kept where it had to be. */
const altered = ["statistics and an index", "a publication's list and condition"];

/** What is not kept with the old table. */
function leftovers(use: string): string {
    return [
        /CREATE TABLE uses/.test(use) ? "DROP TABLE uses;" : "",
        /FUNCTION stay/.test(use) ? "DROP FUNCTION stay CASCADE;" : "",
        /CREATE STATISTICS/.test(use) ? "DROP STATISTICS uses; DROP INDEX IF EXISTS of_type;" : "",
        /PUBLICATION/.test(use) ? "DROP PUBLICATION uses;" : "",
    ].join(" ");
}

export const stuckCorruptions: Corruption[] = [
    ...Object.entries(users).map(([what, use]): Corruption => ({
        name: `another type of a column of the history, which ${what} uses`,
        by: "migrator",
        sql: `ALTER TABLE ${history} ALTER exectype TYPE varchar(3) USING left(exectype, 3); ${use}`,
        mended: [
            altered.includes(what)
                ? "changed the type of the column exectype from character varying(3) to character varying(10) of the table databasechangelog"
                : anew("databasechangelog"),
            "set EXECTYPE of ",
        ],
        repair: `DROP TABLE IF EXISTS databasechangelog_replaced CASCADE; ${leftovers(use)}`,
    })),
    {
        name: "the same while the history is written, after Liquibase's own row",
        by: "migrator",
        sql: `CREATE TABLE late ();
              CREATE FUNCTION strike() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                  ALTER TABLE ${history} ALTER exectype TYPE varchar(3) USING left(exectype, 3);
                  CREATE FUNCTION uses() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT max(exectype) FROM ${history}; END;
                  RETURN NULL;
              END $$;
              CREATE CONSTRAINT TRIGGER strike AFTER INSERT ON late DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION strike();
              INSERT INTO late DEFAULT VALUES`,
        mended: [anew("databasechangelog"), "set EXECTYPE of "],
        repair: "DROP TABLE databasechangelog_replaced, late CASCADE; DROP FUNCTION strike;",
    },
    {
        name: "types of all tables' columns that views use, with values of no form, and a taken name",
        by: "migrator",
        sql: `CREATE TYPE databasechangelog_replaced AS ENUM ();
              ALTER TABLE ${history} ALTER exectype TYPE text USING 'EXE', ALTER orderexecuted TYPE text USING 'first', ALTER dateexecuted TYPE text USING 'some day',
                  ALTER md5sum TYPE text USING repeat('9', 100), ALTER liquibase TYPE bytea USING 'x';
              CREATE VIEW of_history AS SELECT * FROM ${history};
              ALTER TABLE ${lock} ALTER locked TYPE text USING 'perhaps';
              CREATE VIEW of_lock AS SELECT * FROM ${lock};
              ALTER TABLE ${deployments} ALTER catalog TYPE text USING 'no catalog', ALTER recorded_at TYPE text USING 'some day';
              CREATE VIEW of_deployments AS SELECT * FROM ${deployments}`,
        mended: [
            anew("databasechangelog", "_2"),
            anew("databasechangeloglock"),
            anew("aurora_pipeline_deployments"),
            "set the date of ",
            "renumbered ",
            "set EXECTYPE of ",
            "released the lock in databasechangeloglock, which was neither held nor free",
            "added the primary key of the table databasechangeloglock",
            "set NOT NULL of the column recorded_at of the table aurora_pipeline_deployments",
        ],
        repair: `DROP TABLE databasechangelog_replaced_2, databasechangeloglock_replaced, aurora_pipeline_deployments_replaced CASCADE;
                 DROP TYPE databasechangelog_replaced;`,
    },
    {
        name: "no number left for a column that is gone",
        by: "migrator",
        sql: [history, lock, deployments]
            .map(
                (table, index) => `DO $$ DECLARE more text; BEGIN
                      SELECT string_agg('ADD COLUMN spare' || n || ' int', ', ') INTO more
                        FROM generate_series(1, 1600 - (SELECT max(attnum) FROM pg_attribute WHERE attrelid = '${table}'::regclass)) n;
                      EXECUTE 'ALTER TABLE ${table} ' || more;
                  END $$;
                  ALTER TABLE ${table} DROP COLUMN ${["labels", "lockedby", "catalog"][index]}`,
            )
            .join(";"),
        mended: [anew("databasechangelog"), anew("databasechangeloglock"), anew("aurora_pipeline_deployments")],
        repair: "DROP TABLE databasechangelog_replaced, databasechangeloglock_replaced, aurora_pipeline_deployments_replaced;",
    },
];
