import type { Corruption } from "./corruptions";

// Rows of the tracking tables that nobody but a migration, or a person, can have written.

const history = "public.databasechangelog";
const lock = "public.databasechangeloglock";
const deployments = "public.aurora_pipeline_deployments";

export const rowCorruptions: Corruption[] = [
    {
        name: "rows of the history that Liquibase cannot read",
        by: "migrator",
        sql: `ALTER TABLE ${history} ALTER exectype DROP NOT NULL, ALTER dateexecuted DROP NOT NULL, ALTER orderexecuted DROP NOT NULL,
                  ALTER description TYPE text, ALTER comments TYPE text;
              INSERT INTO ${history} (id, author, filename, dateexecuted, orderexecuted, exectype, md5sum, description, contexts, labels, tag)
              SELECT 'planted ' || n, 'nobody', 'nowhere.sql', dateexecuted, orderexecuted, exectype, md5sum, description, '((', '!!,((', NULL
                FROM (VALUES (1, 'infinity'::timestamp, 1, 'EXECUTED', 'x:y', NULL),
                             (2, '-infinity', -5, 'NONSENSE', '9:', repeat('x', 1000000)),
                             (3, '294276-12-31', 2147483647, NULL, '77:abc', ''),
                             (4, NULL, NULL, '', '', repeat('x', 300))) planted (n, dateexecuted, orderexecuted, exectype, md5sum, description);
              INSERT INTO ${history} SELECT * FROM ${history} WHERE author = 'nobody'`,
        mended: [
            "set the date of 6 rows of databasechangelog, which had none or one in the future",
            "set EXECTYPE of 6 rows of databasechangelog, which had a value that Liquibase does not know, to EXECUTED",
            "removed the checksum of 8 rows of databasechangelog, which Liquibase could not read",
            "truncated texts of 4 rows of databasechangelog that are longer than Liquibase writes them",
            "set NOT NULL of the column exectype of the table databasechangelog",
        ],
    },
    {
        name: "no row of the lock",
        by: "migrator",
        sql: `DELETE FROM ${lock}`,
        mended: ["inserted the row of databasechangeloglock"],
    },
    {
        name: "rows of the lock that are too many, nobody's or neither taken nor free",
        by: "superuser",
        sql: `UPDATE ${lock} SET locked = false;
              ALTER TABLE ${lock} ALTER locked DROP NOT NULL;
              UPDATE ${lock} SET locked = NULL;
              ALTER TABLE ${lock} REPLICA IDENTITY DEFAULT;
              DO $$ DECLARE key text; BEGIN
                  SELECT conname INTO key FROM pg_constraint WHERE conrelid = '${lock}'::regclass AND contype = 'p';
                  EXECUTE 'ALTER TABLE ${lock} DROP CONSTRAINT ' || key;
              END $$;
              ALTER TABLE ${lock} ALTER id DROP NOT NULL, ALTER lockedby TYPE text;
              INSERT INTO ${lock} (id, locked, lockgranted, lockedby)
                  VALUES (1, NULL::boolean, NULL::timestamp, repeat('(', 100000)), (1, NULL, 'infinity', NULL), (2, true, 'infinity', 'x'), (NULL, true, NULL, NULL);
              DROP PUBLICATION IF EXISTS everything; CREATE PUBLICATION everything FOR ALL TABLES`,
        mended: [
            "repaired the replica identity of the table databasechangeloglock",
            "deleted 4 rows of databasechangeloglock, which must have exactly one row",
            "released the lock in databasechangeloglock, which was neither held nor free",
            "added the primary key of the table databasechangeloglock",
            "set NOT NULL of the column locked of the table databasechangeloglock",
        ],
    },
    {
        name: "a lock that somebody takes in the far future",
        by: "migrator",
        sql: `UPDATE ${lock} SET locked = true, lockgranted = '294276-12-31 23:59:59', lockedby = 'nobody (nowhere)'`,
        mended: [],
    },
    {
        name: "a lock that a release of the pipeline seems to hold since forever",
        by: "migrator",
        sql: `UPDATE ${lock} SET locked = true, lockgranted = '-infinity', lockedby = 'host#release-0000000-00000000 (nowhere) 1'`,
        mended: [],
    },
    {
        name: "records of the future, and of no form",
        by: "migrator",
        sql: `ALTER TABLE ${deployments} ALTER recorded_at DROP NOT NULL, ALTER release_id DROP NOT NULL;
              INSERT INTO ${deployments} (recorded_at, release_id, action, plan_digest, catalog_digest, catalog)
              SELECT at::timestamptz, release, 'deploy', '', '', catalog::jsonb
                FROM (VALUES ('infinity', 'x', '{}'), ('294276-12-31', repeat('y', 100000), 'null'), (NULL, NULL, '[1]'),
                             ('-infinity', 'z', '"text"')) planted (at, release, catalog)`,
        mended: [
            "removed the catalog from 3 rows of aurora_pipeline_deployments without a date or with one in the future",
            "filled in 1 row of aurora_pipeline_deployments",
        ],
    },
];
