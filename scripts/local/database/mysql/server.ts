import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { pollUntil } from "../../../delivery/retrying";
import { serverErrors } from "../../errors";
import { commandLineOf, signalProcess, until } from "../../processes";
import { type Account, give, serverAccount } from "../account";
import { ensureCertificates } from "../certificates";
import { handOver, notStarted, startDetached } from "../launch";
import { administrator, dataDirectory, type Server, serverHost } from "../server";
import { findMysql, type MysqlBinaries, mysqlVersion } from "./binaries";

// Safe against a crash of the server, not of the machine: this database can be made again. What a migration can notice
// (time zone, names, character set, no binary log) is as in Aurora MySQL's default parameter groups.
const settings = {
    "bind-address": "127.0.0.1",
    // Relative to the data directory: the path of a socket may have 107 characters.
    socket: "mysqld.sock",
    mysqlx: "OFF",
    "skip-name-resolve": "ON",
    "require-secure-transport": "ON",
    "tls-version": "TLSv1.2,TLSv1.3",
    "skip-log-bin": "",
    "log-bin-trust-function-creators": "ON",
    "lower-case-table-names": "0",
    "character-set-server": "utf8mb4",
    "default-time-zone": "+00:00",
    "innodb-flush-log-at-trx-commit": "0",
    "innodb-doublewrite": "OFF",
    "innodb-buffer-pool-size": "64M",
    "innodb-flush-method": "nosync",
    "max-connections": "50",
    // Whoever holds or awaits a table's metadata lock is in performance_schema; this is all of it that is needed.
    "performance-schema-instrument": "wait/lock/metadata/sql/mdl=ON",
};

const pidFile = "mysqld.pid";
/** Written by the server when its data directory is complete. */
const marker = "mysql.ibd";
const versionFile = "aurora-pipeline.version";

interface Place {
    home: string;
    data: string;
    account: Account | undefined;
    binaries: MysqlBinaries;
}

/** Starts the MySQL server of a directory on a port, or takes over the one that runs there; later starts reuse its data. */
export async function startMysql(
    home: string,
    port: number,
    { say = () => {} }: { say?: (line: string) => void } = {},
): Promise<Server> {
    const account = serverAccount();
    const place = { home, data: dataDirectory(home, account), account, binaries: await findMysql(account, say) };
    const password = administratorPassword(place);
    await initialise(place, password);
    const certificates = await ensureCertificates(home);
    const log = join(home, "server.log");
    const running = runningMysql(place.data);
    if (!running) await launch(place, certificates, port, log);
    return {
        host: serverHost,
        port: running?.port ?? port,
        password,
        ...certificates,
        log,
        stop: () => stopMysql(place.data),
    };
}

/** Creates what the first start of a server creates in its directory, without starting it. */
export async function createMysql(home: string): Promise<void> {
    const account = serverAccount();
    const place = { home, data: dataDirectory(home, account), account, binaries: await findMysql(account, () => {}) };
    await initialise(place, administratorPassword(place));
    await ensureCertificates(home);
}

/** The MySQL server that runs in a data directory. */
export function runningMysql(data: string): { pid: number; port: number } | undefined {
    let pid: number;
    try {
        pid = Number(readFileSync(join(data, pidFile), "utf8"));
    } catch {
        return undefined;
    }
    // The id in the file may belong to another program by now.
    const command = commandLineOf(pid) ?? "";
    const [, port] = command.includes(data) ? (/--port=(\d+)/.exec(command) ?? []) : [];
    return port === undefined ? undefined : { pid, port: Number(port) };
}

/** Whether a directory is, or was, a MySQL server's. */
export function isMysql(data: string): boolean {
    return existsSync(join(data, marker)) || existsSync(join(data, pidFile));
}

export async function stopMysql(data: string): Promise<void> {
    const server = runningMysql(data);
    if (!server) return;
    const gone = () => commandLineOf(server.pid) === undefined;
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
        if (!signalProcess(server.pid, signal) || (await until(gone, 20_000))) return;
    }
}

/** It is stored next to the data that it opens, so that neither outlives the other. */
function administratorPassword({ home, data }: Place): string {
    const file = join(home, "administrator.password");
    if (!existsSync(file)) {
        if (existsSync(join(data, marker))) {
            throw new serverErrors.PasswordLost({ file, directory: home });
        }
        writeFileSync(file, randomBytes(24).toString("base64url"), { mode: 0o600 });
    }
    return readFileSync(file, "utf8");
}

async function initialise({ home, data, account, binaries }: Place, password: string): Promise<void> {
    const version = join(home, versionFile);
    if (existsSync(version)) {
        const present = readFileSync(version, "utf8").trim();
        if (present !== mysqlVersion) {
            throw new serverErrors.MysqlDataOfAnotherVersion({ directory: home, present, version: mysqlVersion });
        }
        return;
    }
    // What an interrupted initialisation left behind.
    rmSync(data, { recursive: true, force: true });
    mkdirSync(data, { mode: 0o700 });
    const script = `${data}.init.sql`;
    writeFileSync(script, firstStatements(password), { mode: 0o600 });
    give(account, data, script);
    try {
        await promisify(execFile)(
            binaries.mysqld,
            [
                "--no-defaults",
                `--basedir=${binaries.base}`,
                `--datadir=${data}`,
                "--initialize-insecure",
                `--init-file=${script}`,
                "--lower-case-table-names=0",
                "--innodb-flush-method=nosync",
            ],
            { ...account, cwd: data, env: { PATH: process.env["PATH"], LC_ALL: "C" } },
        );
        writeFileSync(version, `${mysqlVersion}\n`);
    } catch (error) {
        const { stderr } = error as { stderr?: string };
        rmSync(data, { recursive: true, force: true });
        throw new serverErrors.DatabaseNotCreated(
            { reason: stderr?.trim() || (error as Error).message },
            { cause: error },
        );
    } finally {
        rmSync(script, { force: true });
    }
}

/** The administrator as on RDS, in place of a root without a password. The password has neither quotes nor backslashes. */
function firstStatements(password: string): string {
    return [
        `CREATE USER '${administrator}'@'%' IDENTIFIED BY '${password}' REQUIRE SSL;`,
        `GRANT ALL ON *.* TO '${administrator}'@'%' WITH GRANT OPTION;`,
        "DROP USER 'root'@'localhost';",
        "",
    ].join("\n");
}

interface Certificates {
    authority: string;
    certificate: string;
    key: string;
}

async function launch(place: Place, certificates: Certificates, port: number, log: string): Promise<void> {
    const { data, binaries } = place;
    rmSync(join(data, pidFile), { force: true });
    const all = {
        basedir: binaries.base,
        datadir: data,
        port: String(port),
        "pid-file": pidFile,
        "ssl-ca": handOver(place, certificates.authority, "ca.pem"),
        "ssl-cert": handOver(place, certificates.certificate, "server-cert.pem"),
        "ssl-key": handOver(place, certificates.key, "server-key.pem"),
        ...settings,
    };
    const args = ["--no-defaults", ...Object.entries(all).map(([name, value]) => `--${name}${value && `=${value}`}`)];
    const server = startDetached(binaries.mysqld, args, place, log);
    const started = await pollUntil({ everyMillis: 50, withinMillis: 60_000 }, async () =>
        server.ended() ? false : (await greets(port)) || undefined,
    );
    if (started !== true) throw notStarted(log);
}

/** A server that accepts logins speaks first. */
function greets(port: number): Promise<boolean> {
    return new Promise((resolve) => {
        const socket = createConnection({ host: "127.0.0.1", port });
        const end = (greeted: boolean) => {
            socket.destroy();
            resolve(greeted);
        };
        socket
            .setTimeout(5000)
            .once("data", () => end(true))
            .once("error", () => end(false))
            .once("timeout", () => end(false))
            .once("end", () => end(false));
    });
}
