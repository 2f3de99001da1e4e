import type { JdbcConnection, JdbcDialect, JdbcOptions, JdbcSettings } from "../../engine";
import { silenceLimits } from "../../silence";
import { capabilities } from "../capabilities";
import { Errno } from "../errors";

/**
 * For MariaDB Connector/J. It sets no `socketTimeout`, which would end every statement that takes longer; the socket
 * factory replaces it.
 */
export function jdbcConnection(
    { database, releaseId }: JdbcSettings,
    { readOnly = false, socketFactory }: JdbcOptions,
): JdbcConnection {
    const loginMillis = Math.ceil(silenceLimits(database.silenceSeconds).firstAttemptMillis);
    const variables = { ...sessionVariables, ...(readOnly && { transaction_read_only: "1" }) };
    const properties = {
        sslMode: "verify-full",
        serverSslCert: database.caBundle,
        connectionAttributes: `program_name:${releaseId}`,
        sessionVariables: Object.entries(variables)
            .map(([name, value]) => `${name}=${value}`)
            .join(","),
        socketFactory,
        tcpKeepAlive: "true",
        connectTimeout: String(loginMillis),
        // One statement at a time, as it was approved.
        allowMultiQueries: "false",
        allowLocalInfile: "false",
        // A row that is found counts, changed or not.
        useAffectedRows: "false",
    };
    const url = `jdbc:mariadb://${database.host}:${database.port}/${encodeURIComponent(database.name)}`;
    return { url, properties };
}

/** As in AWS, on every server. */
const sessionVariables = { time_zone: "'+00:00'" };

const functions = (
    "abs avg char_length coalesce count date_add date_format date_sub datediff extract greatest ifnull least length lower" +
    " max min mod month now nullif round substring sum trim upper version year"
).split(" ");
const keywords = (
    "all and any as exists from group having in interval join limit not on or order over partition select some then else" +
    " union using values when where"
).split(" ");

/** What a migration tool in Java sends to MySQL by itself. */
export const jdbcDialect: JdbcDialect = {
    transactionalDdl: capabilities.transactionalDdl,
    driverClass: [
        "org.mariadb.jdbc.Driver",
        "org.mariadb.jdbc.Connection",
        "org.mariadb.jdbc.client.impl.StandardClient",
        "org.mariadb.jdbc.plugin.tls.main.DefaultTlsSocketPlugin",
    ],
    numberedErrors: true,
    canceled: [String(Errno.queryTimeout)],
    readerQuery: "SELECT @@GLOBAL.innodb_read_only OR @@GLOBAL.read_only",
    readOnlyQuery: "SELECT @@SESSION.transaction_read_only",
    limit: [
        // A year by default: the server knows no "never".
        "SET SESSION lock_wait_timeout = GREATEST(1, IF({lockSeconds} = 0, 31536000, {lockSeconds}))",
        "SET SESSION innodb_lock_wait_timeout = GREATEST(1, IF({lockSeconds} = 0, 1073741824, {lockSeconds}))",
        // For SELECT only; MySQL has no limit for other statements.
        "SET SESSION max_execution_time = {statementMilliseconds}",
    ],
    statementLimitQuery: "SELECT @@SESSION.max_execution_time",
    statementLimit: "SET SESSION max_execution_time = {statementMilliseconds}",
    // The column counts whole seconds.
    confirmLock:
        "UPDATE {table} SET {grantedAt} = {grantedAt} + INTERVAL 1 SECOND" +
        " WHERE {id} = 1 AND {locked} = 1 AND CAST({owner} AS BINARY) = CAST(? AS BINARY)",
    sameText: "CAST({column} AS BINARY) = CAST(? AS BINARY)",
    numberedParameters: false,
    harmlessFunction: [...functions, ...keywords],
    ambiguous: [
        // A comment, and another kind of string: what looks like text may run.
        '[#"]',
        // A quoted name, and a name with a space, may be a function of the database.
        "`\\s*\\(",
        `\\b(${functions.join("|")})\\s+\\(`,
    ],
};
