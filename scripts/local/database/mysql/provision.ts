import { readFileSync } from "node:fs";
import { type Connection, createConnection, escape, escapeId } from "mysql2/promise";
import type { DatabaseAccount } from "../provision";
import { administrator, type Server } from "../server";

/** The role of a cluster's master user. */
const rdsRole = "rds_superuser_role";

/** What Amazon RDS grants the master user of Aurora MySQL 3: neither SUPER nor SYSTEM_USER. */
const masterPrivileges = [
    "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES",
    "CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION SLAVE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW",
    "CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER, CREATE ROLE, DROP ROLE",
].join(", ");
const dynamicPrivileges =
    "APPLICATION_PASSWORD_ADMIN, CONNECTION_ADMIN, ROLE_ADMIN, SESSION_VARIABLES_ADMIN, SET_USER_ID, SHOW_ROUTINE, XA_RECOVER_ADMIN";

/**
 * Creates the database and its master user, as RDS does. The password is set each time, since the recorded program
 * decides it.
 */
export async function provisionMysql(server: Server, database: DatabaseAccount): Promise<void> {
    await asAdministrator(server, async (connection) => {
        const user = userName(database.user);
        const identified = `IDENTIFIED BY ${escape(database.password)}`;
        await connection.query(`CREATE USER IF NOT EXISTS ${user} ${identified}`);
        await connection.query(`ALTER USER ${user} ${identified}`);
        await connection.query(`CREATE ROLE IF NOT EXISTS ${rdsRole}`);
        await connection.query(
            `GRANT ${masterPrivileges}, ${dynamicPrivileges} ON *.* TO ${rdsRole} WITH GRANT OPTION`,
        );
        await connection.query(`GRANT ${rdsRole} TO ${user} WITH ADMIN OPTION`);
        await connection.query(`SET DEFAULT ROLE ALL TO ${user}`);
        await connection.query(`CREATE DATABASE IF NOT EXISTS ${escapeId(database.name)}`);
    });
}

/** Does what RDS does when the master password changes. */
export async function setMysqlMasterPassword(server: Server, user: string, password: string): Promise<void> {
    await asAdministrator(server, (connection) =>
        connection.query(`ALTER USER ${userName(user)} IDENTIFIED BY ${escape(password)}`),
    );
}

async function asAdministrator(server: Server, work: (connection: Connection) => Promise<unknown>): Promise<void> {
    const connection = await connectMysql(server, { user: administrator, password: server.password });
    try {
        await work(connection);
    } finally {
        await connection.end();
    }
}

function userName(user: string): string {
    return `${escape(user)}@'%'`;
}

/** A connection that verifies the server as the builds do. */
export function connectMysql(
    server: Pick<Server, "host" | "port" | "authority">,
    { name, user, password }: Partial<DatabaseAccount>,
): Promise<Connection> {
    return createConnection({
        host: server.host,
        port: server.port,
        database: name,
        user,
        password,
        ssl: { ca: readFileSync(server.authority, "utf8"), rejectUnauthorized: true, verifyIdentity: true },
        connectTimeout: 10_000,
    });
}
