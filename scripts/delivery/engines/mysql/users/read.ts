import type { Connection, RowDataPacket } from "mysql2/promise";
import { trackingNames } from "../../../tracking";
import { lowerCase } from "../tracking";
import { catalogSchemaOf, endsTable, iamPlugin, quoted, readerName } from "./names";
import { type Account, type Grant, partsOf, type State, type Users } from "./model";

type Row = Record<string, unknown>;

/** The accounts and their privileges, from the server's own tables: nothing here can run what a migration defined. */
export async function readState(connection: Connection, users: Users): Promise<State> {
    const { database } = users;
    const names = Object.values(partsOf(users));
    const ask = async (sql: string, values: unknown[] = []): Promise<Row[]> =>
        (await connection.query<RowDataPacket[]>(sql, values))[0];
    const schema = catalogSchemaOf(database);
    const accounts = (await ask(accountsQuery, [names, database])).map(accountOf);
    const [administrator] = await ask(administratorQuery);
    const ours = [...new Set([...names, ...accounts.map(({ name }) => name)])];
    const contents = await ask(contentsQuery, [schema, schema, schema, schema]);
    const [reader] = await ask(readerQuery, [schema, readerName]);
    const definers = await ask(definersQuery, Array(5).fill(database));
    return {
        administrator: {
            name: String(administrator!["name"]),
            mayCreateUsers: Boolean(administrator!["mayCreateUsers"]),
            mayNameDefiners: Boolean(administrator!["mayNameDefiners"]),
        },
        hasIam: (await ask("SELECT 1 FROM information_schema.PLUGINS WHERE PLUGIN_NAME = ?", [iamPlugin])).length > 0,
        accounts,
        grants: (await ask(grantsQuery, Array(5).fill(ours))).map(grantOf),
        memberships: (await ask(
            "SELECT TO_USER AS member, FROM_USER AS role, FROM_HOST AS roleHost FROM mysql.role_edges WHERE TO_USER IN (?)",
            [names],
        )) as unknown as State["memberships"],
        catalogSchema: {
            exists: contents.some(({ kind }) => kind === "schema"),
            contents: contents
                .filter(({ kind }) => kind !== "schema")
                .map(({ kind, name }) => `${String(kind)} ${String(name)}`),
        },
        ...(reader && { catalogReader: { definer: String(reader["definer"]), digest: String(reader["digest"]) } }),
        trackingTables: await trackingTablesOf(ask, users),
        foreignDefiners: definers
            .filter(({ definer }) => definer !== `${users.migrator.name}@%`)
            .map(({ kind, name, definer }) => ({ kind: String(kind), name: String(name), definer: String(definer) })),
        definedBy: countsOf(definers.map(({ definer }) => String(definer))),
    };
}

/** What the schema of the pipeline's own may have in it. */
export const ownContents = [`table ${endsTable}`, `procedure ${readerName}`];

const accountsQuery = `
    SELECT User AS name, Host AS host, account_locked = 'Y' AS locked, plugin = '${iamPlugin}' AS iam, ssl_type <> '' AS tls,
           password_expired = 'Y' AS passwordExpired,
           COALESCE(password_lifetime, 0) <> 0 OR max_questions + max_updates + max_connections + max_user_connections > 0 AS limited,
           JSON_EXTRACT(User_attributes, '$.metadata.aurora_pipeline') AS mark
      FROM mysql.user
     WHERE User IN (?) OR CAST(JSON_UNQUOTE(JSON_EXTRACT(User_attributes, '$.metadata.aurora_pipeline.database')) AS BINARY) = CAST(? AS BINARY)`;

function accountOf(row: Row): Account {
    const { mark } = row;
    const noted = (typeof mark === "string" ? JSON.parse(mark) : mark) as Account["mark"] | null;
    return {
        name: String(row["name"]),
        host: String(row["host"]),
        locked: Boolean(row["locked"]),
        iam: Boolean(row["iam"]),
        tls: Boolean(row["tls"]),
        passwordExpired: Boolean(row["passwordExpired"]),
        limited: Boolean(row["limited"]),
        ...(noted && { mark: noted }),
    };
}

const administratorQuery = `
    SELECT SUBSTRING_INDEX(CURRENT_USER(), '@', 1) AS name, MAX(PRIVILEGE_TYPE IN ('CREATE USER', 'SUPER')) AS mayCreateUsers,
           MAX(PRIVILEGE_TYPE IN ('SET_USER_ID', 'SET_ANY_DEFINER', 'SUPER')) AS mayNameDefiners
      FROM information_schema.USER_PRIVILEGES
     WHERE GRANTEE IN (SELECT CONCAT('''', u.name, '''@''', u.host, '''')
                         FROM (SELECT CONVERT(SUBSTRING_INDEX(CURRENT_USER(), '@', 1) USING utf8mb4) AS name, CONVERT(SUBSTRING_INDEX(CURRENT_USER(), '@', -1) USING utf8mb4) AS host
                                UNION ALL
                               SELECT CONVERT(FROM_USER USING utf8mb4), CONVERT(FROM_HOST USING utf8mb4) FROM mysql.role_edges
                                WHERE CAST(CONCAT(TO_USER, '@', TO_HOST) AS BINARY) = CAST(CURRENT_USER() AS BINARY)) u)`;

/** Each privilege with the account's name, for whatever host. */
const grantsQuery = `
    SELECT 'global' AS scope, SUBSTRING(GRANTEE, 2, CHAR_LENGTH(SUBSTRING_INDEX(GRANTEE, '@', 1)) - 2) AS account,
           NULL AS \`schema\`, NULL AS \`table\`, NULL AS \`column\`, PRIVILEGE_TYPE AS privilege, IS_GRANTABLE AS grantable
      FROM information_schema.USER_PRIVILEGES
     WHERE PRIVILEGE_TYPE <> 'USAGE' AND SUBSTRING(GRANTEE, 2, CHAR_LENGTH(SUBSTRING_INDEX(GRANTEE, '@', 1)) - 2) IN (?)
     UNION ALL
    SELECT 'schema', SUBSTRING(GRANTEE, 2, CHAR_LENGTH(SUBSTRING_INDEX(GRANTEE, '@', 1)) - 2), TABLE_SCHEMA, NULL, NULL, PRIVILEGE_TYPE, IS_GRANTABLE
      FROM information_schema.SCHEMA_PRIVILEGES
     WHERE PRIVILEGE_TYPE <> 'USAGE' AND SUBSTRING(GRANTEE, 2, CHAR_LENGTH(SUBSTRING_INDEX(GRANTEE, '@', 1)) - 2) IN (?)
     UNION ALL
    SELECT 'table', SUBSTRING(GRANTEE, 2, CHAR_LENGTH(SUBSTRING_INDEX(GRANTEE, '@', 1)) - 2), TABLE_SCHEMA, TABLE_NAME, NULL, PRIVILEGE_TYPE, IS_GRANTABLE
      FROM information_schema.TABLE_PRIVILEGES
     WHERE PRIVILEGE_TYPE <> 'USAGE' AND SUBSTRING(GRANTEE, 2, CHAR_LENGTH(SUBSTRING_INDEX(GRANTEE, '@', 1)) - 2) IN (?)
     UNION ALL
    SELECT 'column', SUBSTRING(GRANTEE, 2, CHAR_LENGTH(SUBSTRING_INDEX(GRANTEE, '@', 1)) - 2), TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, PRIVILEGE_TYPE, IS_GRANTABLE
      FROM information_schema.COLUMN_PRIVILEGES
     WHERE PRIVILEGE_TYPE <> 'USAGE' AND SUBSTRING(GRANTEE, 2, CHAR_LENGTH(SUBSTRING_INDEX(GRANTEE, '@', 1)) - 2) IN (?)
     UNION ALL
    SELECT LOWER(Routine_type), User, Db, Routine_name, NULL, Proc_priv, IF(FIND_IN_SET('Grant', Proc_priv), 'YES', 'NO')
      FROM mysql.procs_priv WHERE User IN (?)`;

function grantOf(row: Row): Grant {
    const [scope, schema, table, column] = ["scope", "schema", "table", "column"].map((key) => row[key] as string);
    const place = `${quoted(schema ?? "")}.${quoted(table ?? "")}`;
    const places: Record<string, string> = {
        global: "*.*",
        schema: `${quoted(schema ?? "")}.*`,
        table: place,
        column: place,
        procedure: `PROCEDURE ${place}`,
        function: `FUNCTION ${place}`,
    };
    const privilege = String(row["privilege"]);
    const routine = scope === "procedure" || scope === "function";
    return {
        account: String(row["account"]),
        // All of a routine's at once: the server's list of them is a set of its own.
        privilege: routine
            ? "EXECUTE, ALTER ROUTINE"
            : scope === "column"
              ? `${privilege} (${quoted(column ?? "")})`
              : privilege,
        on: places[scope ?? ""] ?? place,
        grantable: row["grantable"] === "YES",
    };
}

const contentsQuery = `
    SELECT 'schema' AS kind, SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?
     UNION ALL SELECT IF(TABLE_TYPE = 'VIEW', 'view', 'table'), TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?
     UNION ALL SELECT LOWER(ROUTINE_TYPE), ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ?
     UNION ALL SELECT 'event', EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ?`;

const readerQuery = `
    SELECT DEFINER AS definer, ROUTINE_COMMENT AS digest FROM information_schema.ROUTINES
     WHERE ROUTINE_SCHEMA = ? AND ROUTINE_NAME = ? AND ROUTINE_TYPE = 'PROCEDURE' AND SECURITY_TYPE = 'DEFINER'`;

/** What runs with its definer's rights in the database. */
const definersQuery = `
    SELECT 'view' AS kind, TABLE_NAME AS name, DEFINER AS definer FROM information_schema.VIEWS
     WHERE TABLE_SCHEMA = ? AND SECURITY_TYPE = 'DEFINER'
     UNION ALL SELECT 'trigger', TRIGGER_NAME, DEFINER FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ?
     UNION ALL SELECT 'event', EVENT_NAME, DEFINER FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ?
     UNION ALL SELECT 'procedure', ROUTINE_NAME, DEFINER FROM information_schema.ROUTINES
                WHERE ROUTINE_SCHEMA = ? AND ROUTINE_TYPE = 'PROCEDURE' AND SECURITY_TYPE = 'DEFINER'
     UNION ALL SELECT 'function', ROUTINE_NAME, DEFINER FROM information_schema.ROUTINES
                WHERE ROUTINE_SCHEMA = ? AND ROUTINE_TYPE = 'FUNCTION' AND SECURITY_TYPE = 'DEFINER'
     ORDER BY 1, 2`;

function countsOf(definers: string[]): State["definedBy"] {
    return [...new Set(definers)].map((definer) => ({
        definer,
        objects: definers.filter((one) => one === definer).length,
    }));
}

/** Each under the name that it has; one that is not there yet under the name that the tool will give it. */
async function trackingTablesOf(
    ask: (sql: string, values: unknown[]) => Promise<Row[]>,
    { database, tracking }: Users,
): Promise<string[]> {
    const written = new Map(
        [tracking.history, tracking.lock].map(({ name, written: own }) => [name.toLowerCase(), own ?? name]),
    );
    const names = lowerCase(trackingNames(tracking));
    const found = await ask(
        "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND LOWER(TABLE_NAME) IN (?) ORDER BY 1",
        [database, names],
    );
    const there = found.map(({ name }) => String(name));
    return [
        ...new Set([
            ...names.map((name) => there.find((one) => one.toLowerCase() === name) ?? written.get(name) ?? name),
            ...there,
        ]),
    ];
}
