import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
    existsSync,
    lstatSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    readlinkSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { serverErrors } from "../errors";
import { commandLineOf, signalProcess, until } from "../processes";
import type { State } from "../state";
import { writeAccess } from "./access";
import { type Account, canReach, give, serverAccount } from "./account";
import { type Binaries, findBinaries, majorVersion } from "./binaries";
import { type Certificates, ensureAuthenticatorCertificates, ensureCertificates } from "./certificates";
import { handOver, notStarted, startDetached } from "./launch";
import { choosePort } from "./port";

/** The server's own administrator, named as on RDS. Pipelines never see it. */
export const administrator = "rdsadmin";

/** The server asks its clients for certificates only when it has this. */
const trustedSetting = "ssl_ca_file";

/** Names that the certificate carries; Java and libpq verify this one. */
export const serverHost = "localhost";

// Safe against a crash of the server, not of the machine: this database can be made again.
const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    ssl: "on",
    ssl_min_protocol_version: "TLSv1.2",
    password_encryption: "scram-sha-256",
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
    shared_buffers: "64MB",
    max_connections: "50",
    max_wal_size: "256MB",
    autovacuum_naptime: "60s",
    timezone: "UTC",
};

const copiedBinaries = join(tmpdir(), "aurora-pipeline-postgres");

export interface Server {
    host: string;
    port: number;
    /** Password of the administrator. */
    password: string;
    /** File with the authority that signed the server's certificate. */
    authority: string;
    /** Files of that certificate and its key. */
    certificate: string;
    key: string;
    /** What an authenticator of IAM users shows the server; undefined if it was not started for them. */
    authenticator?: Certificates;
    log: string;
    stop(): Promise<void>;
}

interface Place {
    /** What this run may read and write. */
    home: string;
    /** The data directory: `home`'s own, or in the system's temporary directory if the server's user cannot reach it. */
    data: string;
    account: Account | undefined;
    binaries: Binaries;
}

/** The port that the server of a directory has or will have: the program is evaluated before the server starts. */
export async function reservePort(
    home: string,
    name: string,
    state: State,
    portOf = (data: string) => runningServer(data)?.port,
): Promise<number> {
    const running = portOf(dataDirectory(home, serverAccount()));
    const port = running ?? (await choosePort(state.server(name).port));
    state.updateServer(name, { port });
    return port;
}

/** The port of the authenticator in front of a server with IAM logins; not the server's own port. */
export async function reserveIamPort(name: string, state: State): Promise<number> {
    const { port, iamPort } = state.server(name);
    let reserved: number;
    do reserved = await choosePort(iamPort === port ? undefined : iamPort);
    while (reserved === port);
    state.updateServer(name, { iamPort: reserved });
    return reserved;
}

/** Creates what the first start of a server creates in its directory, without starting it. */
export async function createServer(home: string): Promise<void> {
    const place = choosePlace(home);
    await initialise(place, administratorPassword(place));
    await ensureCertificates(home);
}

/** The version of the embedded PostgreSQL. */
export function serverVersion(): string {
    return findBinaries(serverAccount(), copiedBinaries).version;
}

/**
 * Starts the embedded PostgreSQL server of a directory on a port, or takes over the one that runs there. The first start
 * creates the data directory; later ones reuse it. With `iam`, users who have been granted `rds_iam` connect with the
 * certificate of an authenticator in front of it.
 */
export async function startServer(home: string, port: number, { iam = false } = {}): Promise<Server> {
    const place = choosePlace(home);
    const password = administratorPassword(place);
    await initialise(place, password);
    const certificates = await ensureCertificates(home);
    const authenticator = iam ? await ensureAuthenticatorCertificates(home) : undefined;

    const log = join(home, "server.log");
    // One that was left running may know nothing of authenticators.
    if (authenticator && !trustsAuthenticators(place.data)) await stopServer(place.data);
    if (!runningServer(place.data))
        await launch(place, { ...certificates, trusted: authenticator?.authority }, port, log);
    return {
        host: serverHost,
        port,
        password,
        ...certificates,
        ...(authenticator && { authenticator }),
        log,
        stop: () => stopServer(place.data),
    };
}

/** Stops the server of a directory; false when none runs there. */
export async function stopServerOf(home: string): Promise<boolean> {
    const data = dataDirectory(home, serverAccount());
    if (!runningServer(data)) return false;
    await stopServer(data);
    return true;
}

/** Stops the server of a directory and deletes its data; the next start creates an empty one. */
export async function deleteServerOf(home: string): Promise<void> {
    await stopServerOf(home);
    // It may be a link to where the data is.
    rmSync(dataDirectory(home, serverAccount()), { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
}

function choosePlace(home: string): Place {
    const account = serverAccount();
    const data = dataDirectory(home, account);
    return { home, data, account, binaries: findBinaries(account, copiedBinaries) };
}

/** The data directory; where the server's user cannot reach it, a link to one in the system's temporary directory. */
export function dataDirectory(home: string, account: Account | undefined): string {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const own = join(home, "data");
    if (isLink(own)) return readlinkSync(own);
    if (canReach(account, home)) return own;
    const elsewhere = mkdtempSync(join(tmpdir(), "aurora-pipeline-"));
    give(account, elsewhere);
    symlinkSync(elsewhere, own);
    return elsewhere;
}

/** It is stored next to the data that it opens, so that neither outlives the other. */
function administratorPassword({ home, data }: Place): string {
    const file = join(home, "administrator.password");
    if (!existsSync(file)) {
        if (existsSync(join(data, "PG_VERSION"))) {
            throw new serverErrors.PasswordLost({ file, directory: home });
        }
        writeFileSync(file, randomBytes(24).toString("base64url"), { mode: 0o600 });
    }
    return readFileSync(file, "utf8");
}

function isLink(path: string): boolean {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

async function initialise({ data, account, binaries }: Place, password: string): Promise<void> {
    const marker = join(data, "PG_VERSION");
    if (existsSync(marker)) {
        const present = readFileSync(marker, "utf8").trim();
        if (present !== majorVersion(binaries.version)) {
            throw new serverErrors.DataOfAnotherVersion({ directory: data, present, version: binaries.version });
        }
        return;
    }
    // What an interrupted initialisation left behind.
    rmSync(data, { recursive: true, force: true });
    mkdirSync(data, { mode: 0o700 });
    const passwordFile = `${data}.password`;
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600, flag: "wx" });
    give(account, data, passwordFile);
    try {
        await promisify(execFile)(
            binaries.initdb,
            [
                `--pgdata=${data}`,
                `--username=${administrator}`,
                `--pwfile=${passwordFile}`,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ],
            { ...account, cwd: data, env: { PATH: process.env["PATH"], LC_ALL: "C" } },
        );
    } catch (error) {
        const { stderr } = error as { stderr?: string };
        rmSync(data, { recursive: true, force: true });
        throw new serverErrors.DatabaseNotCreated(
            { reason: stderr?.trim() || (error as Error).message },
            { cause: error },
        );
    } finally {
        rmSync(passwordFile, { force: true });
    }
}

interface LaunchCertificates extends Certificates {
    /** The authority that the server trusts for authenticators. */
    trusted?: string;
}

async function launch(place: Place, certificates: LaunchCertificates, port: number, log: string): Promise<void> {
    const { data, binaries } = place;
    const { certificate, key, trusted } = certificates;
    writeAccess(data, { iam: trusted !== undefined });
    rmSync(join(data, "postmaster.pid"), { force: true });
    const all = {
        ...settings,
        port: String(port),
        ssl_cert_file: handOver(place, certificate, "server.crt"),
        ssl_key_file: handOver(place, key, "server.key"),
        ...(trusted !== undefined && { [trustedSetting]: handOver(place, trusted, "trusted.pem") }),
    };
    const args = ["-D", data, ...Object.entries(all).flatMap(([key, value]) => ["-c", `${key}=${value}`])];
    const server = startDetached(binaries.postgres, args, place, log);
    const ready = await until(() => server.ended() || isReady(data), 60_000);
    if (!ready || server.ended()) {
        throw notStarted(log);
    }
}

function trustsAuthenticators(data: string): boolean {
    const server = runningServer(data);
    return server !== undefined && (commandLineOf(server.pid) ?? "").includes(trustedSetting);
}

export function runningServer(data: string): { pid: number; port: number } | undefined {
    const [pid, , , port] = pidFile(data);
    if (pid === undefined || !isServer(Number(pid), data)) return undefined;
    return { pid: Number(pid), port: Number(port) };
}

/** The id in the file may belong to another program by now, or to a server that was killed. */
function isServer(pid: number, data: string): boolean {
    return commandLineOf(pid)?.includes(data) ?? false;
}

function isReady(data: string): boolean {
    // A standby says so when it lets readers in.
    return ["ready", "standby"].includes(pidFile(data)[7]?.trim() ?? "");
}

function pidFile(data: string): string[] {
    try {
        return readFileSync(join(data, "postmaster.pid"), "utf8").split("\n");
    } catch {
        return [];
    }
}

async function stopServer(data: string): Promise<void> {
    const server = runningServer(data);
    if (!server) return;
    const gone = () => !isServer(server.pid, data);
    // Fast shutdown first; the immediate one when a session hangs.
    for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
        if (!signalProcess(server.pid, signal) || (await until(gone, 10_000))) return;
    }
}
