import type { JdbcDialect } from "../../engine";
import { capabilities } from "../capabilities";
import { SqlState } from "../errors";
import { keepOnDisk, readerQuery } from "./connection";

/** What a migration tool in Java sends to PostgreSQL by itself. */
export const jdbcDialect: JdbcDialect = {
    transactionalDdl: capabilities.transactionalDdl,
    driverClass: [
        "org.postgresql.jdbc.PgConnection",
        "org.postgresql.core.v3.ConnectionFactoryImpl",
        "org.postgresql.core.v3.QueryExecutorImpl",
        "org.postgresql.ssl.LibPQFactory",
    ],
    // Of SCRAM-SHA-256.
    passwordHash: ["PBKDF2WithHmacSHA256"],
    numberedErrors: false,
    canceled: [SqlState.queryCanceled],
    aborted: [SqlState.inFailedTransaction],
    readerQuery,
    keepOnDisk: [keepOnDisk],
    // In one round trip.
    limit: [`SET lock_timeout = {lockMilliseconds}; SET statement_timeout = {statementMilliseconds}; ${keepOnDisk}`],
    statementLimitQuery:
        "SELECT setting FROM pg_catalog.pg_settings WHERE name OPERATOR(pg_catalog.=) 'statement_timeout'",
    statementLimit: "SET statement_timeout = {statementMilliseconds}",
    confirmLock:
        "UPDATE {table} SET {grantedAt} = {grantedAt} + interval '1 microsecond'" +
        " WHERE {id} = 1 AND {locked} AND {owner}::text = ?::text",
    // PostgreSQL has no operator of its own for varchar, and one that a migration created would be called instead.
    sameText: "{column}::pg_catalog.text OPERATOR(pg_catalog.=) ?::pg_catalog.text",
    // A tool sets the path again after a rollback.
    bookkeeping: ["SET SEARCH_PATH TO [^;]*;"],
    numberedParameters: true,
    harmlessFunction: (
        "abs any all array avg bool_and bool_or cast char_length coalesce count current_database current_schema" +
        " current_setting date_part date_trunc exists extract filter greatest in interval least length lower" +
        " max min not now nullif numeric over position replace row round some strpos substring sum to_regclass" +
        " to_regtype trim upper using values varchar version where and or on from select union as when then else"
    ).split(" "),
    pinPath:
        "SELECT path, pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false)" +
        " FROM (SELECT pg_catalog.current_setting('search_path') AS path) before",
    restorePath: "SELECT pg_catalog.set_config('search_path', '{path}', false)",
    // Since this version the server can be asked; older ones update row counts with a delay.
    countRows: ["SELECT pg_catalog.pg_stat_force_next_flush()"],
    countRowsSince: "15",
};
