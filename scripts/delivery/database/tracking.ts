/**
 * The tables that keep what was migrated. The bootstrap makes them, or a deployment, or Liquibase itself, whose own two
 * look the same (a test compares them). No fingerprint counts them.
 */
export const historyTable = "databasechangelog";
export const lockTable = "databasechangeloglock";
export const deploymentsTable = "aurora_pipeline_deployments";

const definitions: Record<string, string> = {
    [historyTable]: `id varchar(255) NOT NULL, author varchar(255) NOT NULL, filename varchar(255) NOT NULL,
        dateexecuted timestamp without time zone NOT NULL, orderexecuted integer NOT NULL,
        exectype varchar(10) NOT NULL, md5sum varchar(35), description varchar(255), comments varchar(255),
        tag varchar(255), liquibase varchar(20), contexts varchar(255), labels varchar(255), deployment_id varchar(10)`,
    [lockTable]: `id integer NOT NULL, locked boolean NOT NULL, lockgranted timestamp without time zone,
        lockedby varchar(255), CONSTRAINT databasechangeloglock_pkey PRIMARY KEY (id)`,
    // No sequence and no index: it holds as many rows as there were deployments.
    [deploymentsTable]: `recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(), release_id text NOT NULL,
        action text NOT NULL, plan_digest text NOT NULL, catalog_digest text NOT NULL, catalog jsonb`,
};

export const trackingTables = Object.keys(definitions);

/** Makes one of them where names without a schema lie. */
export function createTracking(table: string): string {
    return `CREATE TABLE IF NOT EXISTS ${table} (${definitions[table]})`;
}

/** The one row of Liquibase's lock. */
export const insertLockRow = `INSERT INTO ${lockTable} (id, locked) VALUES (1, false) ON CONFLICT (id) DO NOTHING`;

/** Whether one of them, `$1`, is where names without a schema lie. */
export const trackingTableExists =
    "SELECT to_regclass(quote_ident(current_schema()) || '.' || $1::text) IS NOT NULL AS found";
