import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { generate } from "selfsigned";
import { openCloud } from "../../scripts/local/cloud/cloud";
import { type DatabaseAccount, connect, provision } from "../../scripts/local/database/provision";
import {
    administrator,
    reservePort,
    type Server,
    startServer,
    stopServerOf,
} from "../../scripts/local/database/server";
import { type Definition, readDefinition } from "../../scripts/local/definition";
import { evaluate } from "../../scripts/local/evaluate";
import { type Execution, executePipeline } from "../../scripts/local/executePipeline";
import { commandLineOf, signalProcess, until } from "../../scripts/local/processes";
import { PlainProgress } from "../../scripts/local/progress/plain";
import { openSource } from "../../scripts/local/source/source";
import { State } from "../../scripts/local/state";
import { removeTemporary, temporaryDirectory } from "../scripts/local/support";
import { Scene } from "./localSupport";

describe("local run's server", () => {
    const account: DatabaseAccount = { name: "app", user: "owner", password: "first's password" };
    let home: string;
    let state: State;
    let server: Server;

    const start = async () => startServer(home, await reservePort(home, "server", state));

    before(async () => {
        home = temporaryDirectory();
        state = State.open(join(home, "state.json"));
        server = await start();
        await provision(server, account);
    });
    after(async () => {
        await stopServerOf(home);
        removeTemporary();
    });

    async function ask(sql: string): Promise<Record<string, unknown>> {
        const client = await connect(server, account);
        try {
            return (await client.query(sql)).rows[0] as Record<string, unknown>;
        } finally {
            await client.end();
        }
    }

    it("is PostgreSQL 17, with an owner that is not a superuser", async () => {
        const row = await ask(
            "SELECT current_setting('server_version_num')::int / 10000 AS major, rolsuper, rolcreaterole, rolcreatedb, " +
                "pg_get_userbyid(datdba) AS owner FROM pg_roles, pg_database WHERE rolname = current_user AND datname = 'app'",
        );
        assert.deepEqual(row, { major: 17, rolsuper: false, rolcreaterole: true, rolcreatedb: true, owner: "owner" });
    });

    const client = (more: object) =>
        new Client({
            host: server.host,
            port: server.port,
            database: "app",
            user: "owner",
            password: account.password,
            ...more,
        });

    it("refuses connections without TLS", async () => {
        await assert.rejects(client({ ssl: false }).connect(), /no pg_hba.conf entry .* no encryption/);
    });

    it("has a certificate signed only by its own authority", async () => {
        const other = await generate([{ name: "commonName", value: "other" }], { keyType: "ec", algorithm: "sha256" });
        await assert.rejects(client({ ssl: { ca: other.cert } }).connect(), /certificate/);
        await assert.rejects(client({ ssl: true }).connect(), /certificate/);
    });

    it("refuses a wrong password", async () => {
        const ssl = { ca: readFileSync(server.authority, "utf8") };
        await assert.rejects(client({ ssl, password: "wrong" }).connect(), /password authentication failed/);
    });

    it("takes the password that the program decides on", async () => {
        const changed = { ...account, password: 'second "password"' };
        await provision(server, changed);
        await (await connect(server, changed)).end();
        await assert.rejects(connect(server, account), /password authentication failed/);
        await provision(server, account);
    });

    it("keeps its data and its port from one start to the next", async () => {
        await ask("CREATE TABLE kept (id int)");
        const { port } = server;
        await server.stop();
        server = await start();
        assert.equal(server.port, port);
        assert.deepEqual(await ask("SELECT count(*)::int AS count FROM kept"), { count: 0 });
    });

    it("takes over a server that runs already, and one that was killed", async () => {
        const pid = postmaster();
        assert.equal((await start()).port, server.port);
        assert.equal(postmaster(), pid);
        signalProcess(pid, "SIGKILL");
        assert(await until(() => commandLineOf(pid) === undefined, 10_000));
        server = await start();
        assert.notEqual(postmaster(), pid);
        assert.deepEqual(await ask("SELECT count(*)::int AS count FROM kept"), { count: 0 });
    });

    it("does not take another program of the same process id for its server", async () => {
        await server.stop();
        const file = join(home, "data", "postmaster.pid");
        writeFileSync(file, `${process.pid}\n${home}\n0\n${server.port}\n\n127.0.0.1\n\nready\n`);
        assert.equal(await stopServerOf(home), false);
        server = await start();
        assert.notEqual(postmaster(), process.pid);
        assert.deepEqual(await ask("SELECT 1 AS one"), { one: 1 });
    });

    it("is stopped permanently", async () => {
        const pid = postmaster();
        assert.equal(await stopServerOf(home), true);
        assert.equal(commandLineOf(pid), undefined);
        assert.equal(await stopServerOf(home), false);
        server = await start();
    });

    function postmaster(): number {
        return Number(readFileSync(join(home, "data", "postmaster.pid"), "utf8").split("\n")[0]);
    }

    it("does not show the administrator's password to others", () => {
        assert(!commandLineOf(postmaster())!.includes(server.password));
        assert.equal(administrator, "rdsadmin");
    });
});

describe("local run against a database that does not let it in", () => {
    let server: Server;
    let scene: Scene;
    let home: string;
    let definition: Definition;
    before(async () => {
        scene = new Scene();
        const { local } = scene;
        home = join(local.postgres, "dev");
        const port = await reservePort(home, "dev", State.open(local.state));
        definition = readDefinition(await evaluate("dev", { database: { host: "localhost", port } }));
        // The plan need not wait long for a bootstrap that cannot even log in.
        for (const { configuration } of definition.pipeline.stages.flatMap(({ actions }) => actions)) {
            for (const [key, text] of Object.entries(configuration)) configuration[key] = text.replace('"600"', '"3"');
        }
        server = await startServer(home, port);
    });
    after(async () => {
        await server.stop();
        removeTemporary();
    });

    /** Runs the recorded pipeline with a database, or a trust, that differs from the recorded one. */
    async function runWith(change: {
        password?: string;
        authority?: string;
    }): Promise<{ execution: Execution; output: string; password: string }> {
        const { local } = scene;
        await provision(server, { ...definition.database, password: change.password ?? definition.database.password });
        const lines: string[] = [];
        const cloud = await openCloud({
            definition,
            server: { ...server, home },
            servers: local.postgres,
            buckets: local.buckets,
        });
        const execution = await executePipeline(
            { local, progress: new PlainProgress((line) => lines.push(line)), signal: new AbortController().signal },
            {
                source: await openSource({ repository: scene.repository }),
                definition,
                server: { ...server, authority: change.authority ?? server.authority },
                serverName: "dev",
                cloud,
            },
        );
        await cloud.close();
        return { execution, output: lines.join("\n"), password: definition.database.password };
    }

    it("fails the first build over a wrong password, and does not tell the one it tried", async () => {
        const { execution, output, password } = await runWith({ password: "another" });
        assert.equal(execution.record.status, "Failed");
        assert.deepEqual(
            execution.record.stages.map(({ name, status }) => `${name} ${status}`),
            ["Source Succeeded", "Plan Failed"],
        );
        assert.match(output, /The bootstrap of this execution has not ended within 3 s, so nothing was planned\./);
        assert.match(output, /password authentication failed for user "\*\*\*"/);
        assert(!output.includes(password));
    });

    it("fails the first build over a certificate that it does not trust", async () => {
        const other = await generate([{ name: "commonName", value: "other" }], { keyType: "ec", algorithm: "sha256" });
        const authority = join(temporaryDirectory(), "other.pem");
        writeFileSync(authority, other.cert);
        const { execution, output } = await runWith({ authority });
        assert.equal(execution.record.status, "Failed");
        assert.deepEqual(
            execution.record.stages.at(-1)!.actions.map(({ name, status }) => `${name} ${status}`),
            ["Bootstrap Failed", "Plan Failed"],
        );
        assert.match(output, /certificate/i);
    });
});
