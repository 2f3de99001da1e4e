import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import type { ThrowawayServer } from "../../scripts/check/throwaway";
import { serverAccount } from "../../scripts/local/database/account";
import { choosePort } from "../../scripts/local/database/port";
import { connect } from "../../scripts/local/database/provision";
import { administrator, dataDirectory, type Server, startServer } from "../../scripts/local/database/server";
import { bothDirections, Link } from "./link";

/** How the writer goes. */
export type End =
    /** It dies, and its connections with it. */
    | "crash"
    /** It is not heard of any more, and its connections say nothing. */
    | "vanish";

/** One of the two servers. */
interface Member {
    home: string;
    data: string;
    server: Server;
}

/**
 * Two servers in synchronous streaming replication behind one name, as a cluster of Aurora is: what was committed is there
 * after a failover. The name leads to the writer, and for a while after a failover to the old one, a reader by then.
 */
export class FailoverPair implements ThrowawayServer {
    private standby: Member | undefined;
    private members = 1;

    private constructor(
        private readonly root: string,
        private writer: Member,
        readonly link: Link,
    ) {}

    static async start(): Promise<FailoverPair> {
        const root = fs.mkdtempSync(path.join(os.tmpdir(), "aurora-pipeline-failover-"));
        fs.chmodSync(root, 0o755);
        const home = path.join(root, "0");
        const server = await startServer(home, await choosePort());
        const writer = { home, server, data: dataDirectory(home, serverAccount()) };
        const pair = new FailoverPair(root, writer, await Link.start(server));
        const client = await pair.administrate();
        // What the server's own command line says counts less than this.
        await client.query("ALTER ROLE ALL SET synchronous_commit = 'on'");
        await client.end();
        return pair;
    }

    /** What builds see: the name that leads to the writer. */
    get server(): Server {
        return { ...this.writer.server, port: this.link.port };
    }

    administrate(database = "postgres"): Promise<Client> {
        return open(this.writer.server, database, administrator, this.writer.server.password);
    }

    connect(database: string, user: string, password: string): Promise<Client> {
        return open(this.writer.server, database, user, password);
    }

    restart(): Promise<void> {
        throw new Error("the pair fails over instead");
    }

    /** Copies the writer to a new standby, and waits until it has everything that the writer commits. */
    async replicate(): Promise<void> {
        const { writer } = this;
        const home = path.join(this.root, String(this.members++));
        const data = dataDirectory(home, serverAccount());
        for (const file of ["ca.pem", "server.crt", "server.key", "administrator.password"]) {
            fs.copyFileSync(path.join(writer.home, file), path.join(home, file));
        }
        fs.appendFileSync(
            path.join(writer.data, "pg_hba.conf"),
            "hostssl replication all 127.0.0.1/32 scram-sha-256\nhostssl replication all ::1/128 scram-sha-256\n",
        );
        const client = await this.administrate();
        try {
            await client.query("ALTER SYSTEM SET wal_keep_size = '512MB'");
            await client.query("SELECT pg_reload_conf()");
            await client.query("SELECT pg_backup_start('standby', true)");
            copyAll(writer.data, data);
            const { rows } = await client.query<{ labelfile: string }>("SELECT labelfile FROM pg_backup_stop(false)");
            copyAll(path.join(writer.data, "pg_wal"), path.join(data, "pg_wal"));
            fs.writeFileSync(path.join(data, "backup_label"), rows[0]!.labelfile);
            const source = `host=${writer.server.host} port=${writer.server.port} user=${administrator} password=${writer.server.password} sslmode=require`;
            standBy(data, `primary_conninfo = '${source}'\n`);
            const server = await startServer(home, await choosePort());
            this.standby = { home, data, server };
            await client.query("ALTER SYSTEM SET synchronous_standby_names = '*'");
            await client.query("SELECT pg_reload_conf()");
            const replicas = "SELECT FROM pg_stat_replication WHERE sync_state = 'sync'";
            for (const end = Date.now() + 60_000; (await client.query(replicas)).rowCount !== 1; await sleep(50)) {
                if (Date.now() > end)
                    throw new Error(`The standby does not follow:\n${fs.readFileSync(server.log, "utf8")}`);
            }
        } finally {
            await client.end();
        }
    }

    /** The name leads to the standby, although the writer is there. */
    lead(to: "writer" | "standby"): void {
        this.link.target = (to === "writer" ? this.writer : this.standby!).server;
    }

    /** The writer goes, the standby is promoted, and the old one comes back as a reader that answers for a while. */
    async failOver(end: End, readerMillis: number): Promise<void> {
        const { writer: old, standby, link } = this;
        if (standby === undefined) throw new Error("there is no standby");
        if (end === "vanish") {
            link.swallow(bothDirections, { also: "new" });
            await sleep(1000);
        }
        stopAtOnce(old.data);
        const client = await open(standby.server, "postgres", administrator, standby.server.password);
        await client.query("SELECT pg_promote(true, 60)");
        await client.end();
        [this.writer, this.standby] = [standby, undefined];
        standBy(old.data, "");
        await startServer(old.home, old.server.port);
        link.target = old.server;
        if (end === "vanish") link.letIn();
        await sleep(readerMillis);
        link.target = standby.server;
        // Connections to the reader end when it is told who the writer is.
        await old.server.stop();
        remove(old);
    }

    async dispose(): Promise<void> {
        await this.link.close();
        for (const member of [this.writer, ...(this.standby ? [this.standby] : [])]) {
            stopAtOnce(member.data);
            remove(member);
        }
        fs.rmSync(this.root, { recursive: true, force: true });
    }
}

async function open({ host, port, authority }: Server, name: string, user: string, password: string): Promise<Client> {
    const client = await connect({ host, port, authority }, { name, user, password });
    client.on("error", () => {});
    return client;
}

/** A server of this directory starts as a standby, without what its writer was set to. */
function standBy(data: string, settings: string): void {
    fs.writeFileSync(path.join(data, "postgresql.auto.conf"), settings);
    fs.writeFileSync(path.join(data, "standby.signal"), "");
    const account = serverAccount();
    for (const file of ["postgresql.auto.conf", "standby.signal", "backup_label"]) {
        const place = path.join(data, file);
        if (account && fs.existsSync(place)) fs.chownSync(place, account.uid, account.gid);
    }
}

/** Copies what is there, with its owner; what goes meanwhile is of no use. */
function copyAll(from: string, to: string): void {
    try {
        execFileSync("cp", ["-a", `${from}/.`, to], { stdio: "pipe" });
    } catch (error) {
        const { stderr } = error as { stderr: Buffer };
        const other = stderr
            .toString()
            .split("\n")
            .filter((line) => line && !/No such file/.test(line));
        if (other.length > 0) throw error;
    }
    for (const file of ["postmaster.pid", "postmaster.opts"]) fs.rmSync(path.join(to, file), { force: true });
}

/** As a crash does, without a checkpoint. */
function stopAtOnce(data: string): void {
    let pid: number;
    try {
        pid = Number(fs.readFileSync(path.join(data, "postmaster.pid"), "utf8").split("\n")[0]);
        process.kill(pid, "SIGQUIT");
    } catch {
        return;
    }
    for (const end = Date.now() + 10_000; fs.existsSync(path.join(data, "postmaster.pid")) && Date.now() < end;) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
}

/** Removes the data; the certificates stay, which are the pair's. */
function remove({ data }: Member): void {
    fs.rmSync(data, { recursive: true, force: true });
}
