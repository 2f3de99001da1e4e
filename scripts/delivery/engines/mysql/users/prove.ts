import type { Connection, RowDataPacket } from "mysql2/promise";
import { databaseErrors, messageOf } from "../../../errors";
import type { BootstrapSettings } from "../../../settings";
import { catalogSchemaOf, inGrant, quoted, readerName } from "./names";
import type { Users } from "./model";
import { connectAs } from "./session";

/** What changes something, by its name in GRANT. */
const changing =
    /\b(ALL PRIVILEGES|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|INDEX|TRIGGER|EVENT|LOCK TABLES|SUPER|RELOAD|FILE|PROCESS|SHUTDOWN|GRANT OPTION|[A-Z]+_ADMIN|[A-Z_]*DEFINER|SET_USER_ID)\b/;

/** Logs in as each user, as its builds will, and checks its privileges. */
export async function prove(settings: BootstrapSettings, users: Users): Promise<void> {
    const { migrator, planner } = settings;
    const wrong = [
        ...(await inSession(settings, migrator, (c) => migratorProblems(c, users))),
        ...(await inSession(settings, planner, (c) => plannerProblems(c, users))),
    ];
    if (wrong.length > 0) throw new databaseErrors.UsersMisconfigured({ problems: wrong });
}

async function inSession(
    settings: BootstrapSettings,
    user: BootstrapSettings["migrator"],
    look: (connection: Connection) => Promise<string[]>,
): Promise<string[]> {
    const connection = await connectAs(settings, user);
    try {
        return (await look(connection)).map((problem) => `${user.name} ${problem}`);
    } finally {
        await connection.end();
    }
}

async function migratorProblems(connection: Connection, { database }: Users): Promise<string[]> {
    const lines = await grantsOf(connection);
    const own = lines.find((line) => line.includes(` ON ${inGrant(database)} `)) ?? "";
    return [
        ...beyondSchemas(lines),
        ...(/ALL PRIVILEGES|CREATE, .*ALTER/.test(own) ? [] : ["cannot create the objects that migrations create"]),
        ...(await catalogProblems(connection, database)),
    ];
}

/** A role may come from the server's `mandatory_roles`, which give it to every user. */
function beyondSchemas(lines: string[]): string[] {
    return [
        ...lines
            .filter((line) => line.includes(" ON *.* ") && !line.startsWith("GRANT USAGE ON "))
            .map((line) => `has privileges on the whole server: ${line}`),
        ...lines
            .filter((line) => line.startsWith("GRANT `"))
            .map((line) => `has a role (see mandatory_roles): ${line}`),
    ];
}

async function plannerProblems(connection: Connection, { database }: Users): Promise<string[]> {
    const lines = await grantsOf(connection);
    return [
        ...beyondSchemas(lines),
        ...lines
            .filter((line) => changing.test(line.split(" ON ")[0]!))
            .map((line) => `may do more than read: ${line}`),
        ...(await catalogProblems(connection, database)),
    ];
}

async function catalogProblems(connection: Connection, database: string): Promise<string[]> {
    try {
        await connection.query(`CALL ${quoted(catalogSchemaOf(database))}.${quoted(readerName)}()`);
        return [];
    } catch (error) {
        return [`cannot read the catalog: ${messageOf(error)}`];
    }
}

async function grantsOf(connection: Connection): Promise<string[]> {
    const [rows] = await connection.query<RowDataPacket[]>("SHOW GRANTS");
    return rows.map((row) => String(Object.values(row)[0]));
}
