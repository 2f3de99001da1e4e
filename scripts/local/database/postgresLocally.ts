import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HistoryRow } from "../../delivery/history";
import { internalFile } from "../../delivery/tools/liquibase/tracking";
import type { LocalEngine, ShownChangeset } from "./localEngine";
import { connect, type DatabaseAccount, provision, setMasterPassword } from "./provision";
import { runningServer, type Server, startServer, stopServerOf } from "./server";

/** The embedded PostgreSQL. */
export const postgresLocally: LocalEngine = {
    label: "Embedded PostgreSQL 17",
    suffix: "",
    canWatch: true,
    portOf: (data) => runningServer(data)?.port,
    start: (home, port, { iam }) => startServer(home, port, { iam }),
    stop: stopServerOf,
    provision,
    setMasterPassword,
    history: readHistory,
    changesets: readChangesets,
    connectCommand: (server, database, directory, users) => {
        const file = join(directory, "pgpass");
        rememberPasswords(file, server, database.name, [
            { name: database.user, password: database.password },
            ...users,
        ]);
        return (
            `PGPASSFILE=${file} psql "host=${server.host} port=${server.port} dbname=${database.name} user=${database.user} ` +
            `sslmode=verify-full sslrootcert=${server.authority}"`
        );
    },
};

async function readHistory(server: Server, database: DatabaseAccount): Promise<HistoryRow[]> {
    const rows = await ask<Omit<HistoryRow, "internal">>(
        server,
        database,
        'SELECT id, author, filename AS file, orderexecuted AS "order", exectype AS outcome, tag, ' +
            "to_char(dateexecuted, 'YYYY-MM-DD HH24:MI:SS') AS \"ranAt\" " +
            "FROM databasechangelog ORDER BY dateexecuted, orderexecuted",
    );
    return (rows ?? []).map((row) => ({ ...row, internal: row.file === internalFile }));
}

function readChangesets(server: Server, database: DatabaseAccount): Promise<ShownChangeset[] | undefined> {
    return ask<ShownChangeset>(
        server,
        database,
        "SELECT id, author, filename, to_char(dateexecuted, 'YYYY-MM-DD HH24:MI:SS') AS dateexecuted, tag " +
            // A tag on an empty database has its own row, which is not a changeset.
            `FROM databasechangelog WHERE filename <> '${internalFile}' ORDER BY orderexecuted, dateexecuted`,
    );
}

/** Undefined where Liquibase has never run. */
async function ask<T>(server: Server, database: DatabaseAccount, sql: string): Promise<T[] | undefined> {
    const client = await connect(server, database);
    try {
        const table = await client.query("SELECT to_regclass('databasechangelog') IS NOT NULL AS present");
        if (!(table.rows[0] as { present: boolean }).present) return undefined;
        return (await client.query(sql)).rows as T[];
    } finally {
        await client.end();
    }
}

/** Adds passwords to the file that psql reads them from. */
function rememberPasswords(
    file: string,
    { host, port }: Pick<Server, "host" | "port">,
    database: string,
    users: readonly { name: string; password?: string }[],
): void {
    const escape = (text: string) => text.replace(/[\\:]/g, "\\$&");
    const server = `${host}:${port}:`;
    const own = users.flatMap(({ name, password }) =>
        password === undefined ? [] : [`${server}${[database, name, password].map(escape).join(":")}`],
    );
    const others = existsSync(file)
        ? readFileSync(file, "utf8")
              .split("\n")
              .filter((line) => line && !line.startsWith(server))
        : [];
    writeFileSync(file, [...others, ...own, ""].join("\n"), { mode: 0o600 });
}
