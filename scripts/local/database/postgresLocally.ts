import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { options } from "../../../components/options";
import type { HistoryRow } from "../../delivery/history";
import { toolNamed } from "../../delivery/tools/registry";
import type { HistoryTable } from "../../delivery/tracking";
import type { LocalEngine, ShownChangeset } from "./localEngine";
import { connect, type DatabaseAccount, provision, setMasterPassword } from "./provision";
import { runningServer, type Server, startServer, stopServerOf } from "./server";

/** The embedded PostgreSQL. */
export const postgresLocally: LocalEngine = {
    label: "Embedded PostgreSQL 17",
    suffix: "",
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
    const table = historyOf(database);
    const { id, author, file, order, outcome, tag, ranAt } = table.holds;
    const rows = await ask<Omit<HistoryRow, "internal">>(
        server,
        database,
        `SELECT ${id} AS id, ${author} AS author, ${file} AS file, ${order} AS "order", ${outcome} AS outcome, ${tag} AS tag, ` +
            `to_char(${ranAt}, 'YYYY-MM-DD HH24:MI:SS') AS "ranAt" FROM ${table.name} ORDER BY ${ranAt}, ${order}`,
    );
    return (rows ?? []).map((row) => ({ ...row, internal: row.file === table.markFile }));
}

function readChangesets(server: Server, database: DatabaseAccount): Promise<ShownChangeset[] | undefined> {
    const table = historyOf(database);
    const { id, author, file, order, tag, ranAt } = table.holds;
    return ask<ShownChangeset>(
        server,
        database,
        `SELECT ${id} AS id, ${author} AS author, ${file} AS filename, to_char(${ranAt}, 'YYYY-MM-DD HH24:MI:SS') AS dateexecuted, ${tag} AS tag ` +
            // A tag on an empty database has its own row, which is not a changeset.
            `FROM ${table.name} WHERE ${file} <> '${table.markFile}' ORDER BY ${order}, ${ranAt}`,
    );
}

function historyOf({ tool = options.tool.default }: DatabaseAccount): HistoryTable {
    return toolNamed(tool).tracking.history;
}

/** Undefined where the migration tool has never run. */
async function ask<T>(server: Server, database: DatabaseAccount, sql: string): Promise<T[] | undefined> {
    const client = await connect(server, database);
    try {
        const table = await client.query("SELECT to_regclass($1) IS NOT NULL AS present", [historyOf(database).name]);
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
