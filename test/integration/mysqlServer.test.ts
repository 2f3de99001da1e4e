import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { connectMysql, provisionMysql, setMysqlMasterPassword } from "../../scripts/local/database/mysql/provision";
import { runningMysql, startMysql, stopMysql } from "../../scripts/local/database/mysql/server";
import { choosePort } from "../../scripts/local/database/port";
import type { DatabaseAccount } from "../../scripts/local/database/provision";
import { dataDirectory, type Server } from "../../scripts/local/database/server";
import { serverAccount } from "../../scripts/local/database/account";
import { ensureCertificates } from "../../scripts/local/database/certificates";
import { removeTemporary, temporaryDirectory } from "../scripts/local/support";

describe("local run's MySQL server", function () {
    this.timeout(300_000);
    const account: DatabaseAccount = { name: "app", user: "owner", password: "first's pass\\word" };
    let home: string;
    let server: Server;
    const data = () => dataDirectory(home, serverAccount());

    before(async () => {
        home = temporaryDirectory();
        server = await startMysql(home, await choosePort());
        await provisionMysql(server, account);
    });
    after(async () => {
        await stopMysql(data());
        removeTemporary();
    });

    async function ask(sql: string, as = account): Promise<Record<string, unknown>> {
        const connection = await connectMysql(server, as);
        try {
            const [rows] = await connection.query<RowDataPacket[]>(sql);
            return { ...rows[0] };
        } finally {
            await connection.end();
        }
    }

    it("is MySQL 8.0 as Aurora has it, over TLS, with a master user that is not a superuser", async () => {
        const row = await ask(
            "SELECT @@version AS version, @@lower_case_table_names AS names, @@log_bin AS log, @@time_zone AS zone, " +
                "(SELECT variable_value <> '' FROM performance_schema.session_status WHERE variable_name = 'Ssl_cipher') AS tls",
        );
        assert.deepEqual(row, { version: "8.0.33", names: 0, log: 0, zone: "+00:00", tls: 1 });
        await assert.rejects(ask("SET GLOBAL max_connections = 10"), { errno: 1227 });
        await assert.rejects(ask("SHUTDOWN"), { errno: 1227 });
    });

    it("shows who holds and who awaits a table's metadata lock", async () => {
        const holder = await connectMysql(server, account);
        try {
            await holder.query("CREATE TABLE held (id int PRIMARY KEY)");
            await holder.query("START TRANSACTION");
            await holder.query("SELECT * FROM held");
            const row = await ask(
                "SELECT lock_type AS type FROM performance_schema.metadata_locks WHERE object_name = 'held' AND lock_status = 'GRANTED'",
            );
            assert.deepEqual(row, { type: "SHARED_READ" });
        } finally {
            await holder.end();
        }
    });

    it("refuses connections without TLS, and clients refuse another authority and another name", async () => {
        const { host, port } = server;
        const { user, password } = account;
        await assert.rejects(createConnection({ host, port, user, password }), { errno: 3159 });
        const other = await ensureCertificates(temporaryDirectory());
        const untrusted = connectMysql({ ...server, authority: other.authority }, account);
        await assert.rejects(untrusted, /certificate signature failure|unable to verify|self.signed/);
        const named = createConnection({
            ...{ user, password, host: "another.example", stream: connectTcp(port, host) },
            ssl: { ca: readFileSync(server.authority, "utf8"), rejectUnauthorized: true, verifyIdentity: true },
        });
        await assert.rejects(named, { code: "HANDSHAKE_SSL_ERROR", message: /does not match certificate's altnames/ });
    });

    it("is taken over while it runs, keeps its data, and takes another master password", async () => {
        const again = await startMysql(home, server.port + 1);
        assert.equal(again.port, server.port);
        const pid = runningMysql(data())?.pid;
        await server.stop();
        assert.equal(runningMysql(data()), undefined);
        server = await startMysql(home, server.port);
        assert.notEqual(runningMysql(data())?.pid, pid);
        await setMysqlMasterPassword(server, account.user, "second");
        await assert.rejects(ask("SELECT 1"), { errno: 1045 });
        assert.deepEqual(await ask("SELECT count(*) AS n FROM held", { ...account, password: "second" }), { n: 0 });
        assert.doesNotMatch(readFileSync(server.log, "utf8"), /\[ERROR\]/);
    });
});
