import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RowDataPacket } from "mysql2/promise";
import type { HistoryRow } from "../../../delivery/history";
import { internalFile } from "../../../delivery/tools/liquibase/tracking";
import { startErrors } from "../../errors";
import { serverAccount } from "../account";
import type { LocalEngine, ShownChangeset } from "../localEngine";
import type { DatabaseAccount } from "../provision";
import { dataDirectory, type Server } from "../server";
import { mysqlVersion } from "./binaries";
import { connectMysql, provisionMysql, setMysqlMasterPassword } from "./provision";
import { runningMysql, startMysql, stopMysql } from "./server";

/** MySQL Community Server. */
export const mysqlLocally: LocalEngine = {
    label: `MySQL ${mysqlVersion}`,
    suffix: "-mysql",
    sample: "migrations/mysql",
    portOf: (data) => runningMysql(data)?.port,
    start: (home, port, { iam, say }) => {
        if (iam) {
            throw new startErrors.FeaturesUnsupported({
                features: ["databaseAuth Iam with MySQL, whose plugin for tokens only Amazon RDS has"],
            });
        }
        return startMysql(home, port, { say });
    },
    stop: async (home) => {
        const data = dataDirectory(home, serverAccount());
        const running = runningMysql(data) !== undefined;
        await stopMysql(data);
        return running;
    },
    provision: provisionMysql,
    setMasterPassword: setMysqlMasterPassword,
    history: async (server, database) => {
        const rows = await ask<Omit<HistoryRow, "internal">>(
            server,
            database,
            "SELECT ID AS id, AUTHOR AS author, FILENAME AS file, ORDEREXECUTED AS `order`, EXECTYPE AS outcome, TAG AS tag, " +
                "DATE_FORMAT(DATEEXECUTED, '%Y-%m-%d %H:%i:%s') AS ranAt " +
                `FROM ${history} ORDER BY DATEEXECUTED, ORDEREXECUTED`,
        );
        return (rows ?? []).map((row) => ({ ...row, internal: row.file === internalFile }));
    },
    changesets: (server, database) =>
        ask<ShownChangeset>(
            server,
            database,
            "SELECT ID AS id, AUTHOR AS author, FILENAME AS filename, " +
                "DATE_FORMAT(DATEEXECUTED, '%Y-%m-%d %H:%i:%s') AS dateexecuted, TAG AS tag " +
                `FROM ${history} WHERE FILENAME <> '${internalFile}' ORDER BY ORDEREXECUTED, DATEEXECUTED`,
        ),
    connectCommand: (server, { name, user, password }, directory) => {
        const file = join(directory, `mysql-${server.port}.cnf`);
        const quoted = `"${password.replaceAll(/[\\"]/g, "\\$&")}"`;
        writeFileSync(file, `[client]\nuser=${user}\npassword=${quoted}\n`, { mode: 0o600 });
        return (
            `mysql --defaults-extra-file=${file} --protocol=TCP --host=${server.host} --port=${server.port} ` +
            `--ssl-mode=VERIFY_IDENTITY --ssl-ca=${server.authority} ${name}`
        );
    },
};

const history = "DATABASECHANGELOG";

/** Undefined where Liquibase has never run. */
async function ask<T>(server: Server, database: DatabaseAccount, sql: string): Promise<T[] | undefined> {
    const connection = await connectMysql(server, database);
    try {
        const [tables] = await connection.query<RowDataPacket[]>("SHOW TABLES LIKE ?", [history]);
        if (tables.length === 0) return undefined;
        const [rows] = await connection.query<RowDataPacket[]>(sql);
        return rows as T[];
    } finally {
        await connection.end();
    }
}
