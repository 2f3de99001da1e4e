import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect as connectTcp, type Socket } from "node:net";
import { Signer } from "@aws-sdk/rds-signer";
import { Client } from "pg";
import { AccessKeys } from "../../scripts/local/cloud/accessKeys";
import { Permissions } from "../../scripts/local/cloud/permissions";
import { type Authenticating, Authentication } from "../../scripts/local/cloud/rds/authentication";
import { verifyToken } from "../../scripts/local/database/iam/token";
import { IamAuthenticator } from "../../scripts/local/database/iamAuthenticator";
import { choosePort } from "../../scripts/local/database/port";
import { connect, type DatabaseAccount, provision } from "../../scripts/local/database/provision";
import { type Server, startServer, stopServerOf } from "../../scripts/local/database/server";
import { removeTemporary, resource, temporaryDirectory } from "../scripts/local/support";
import { assertDelivered, changelog, changeset, filesBelow, Scene } from "./localSupport";
import { eventually } from "../support/eventually";

const region = "eu-west-1";

describe("local run's IAM authentication", () => {
    const master: DatabaseAccount = { name: "app", user: "dbowner", password: "the master's password" };
    const keys = new AccessKeys();
    let home: string;
    let server: Server;
    let authenticator: IamAuthenticator;

    before(async () => {
        home = temporaryDirectory();
        server = await startServer(home, await choosePort(), { iam: true });
        await provision(server, master);
        await asMaster(async (client) => {
            await client.query("CREATE ROLE teller LOGIN");
            await client.query("GRANT rds_iam TO teller");
            await client.query("CREATE ROLE other LOGIN PASSWORD 'other''s password'");
        });
        authenticator = await IamAuthenticator.start(server, ({ token, ...login }) => {
            verifyToken(token, { ...login, region }, keys);
        });
    });
    after(async () => {
        await authenticator.close();
        await stopServerOf(home);
        removeTemporary();
    });

    async function asMaster<T>(work: (client: Client) => Promise<T>): Promise<T> {
        const client = await connect(server, master);
        try {
            return await work(client);
        } finally {
            await client.end();
        }
    }

    function tokenFor(username: string, more: object = {}, role = "build"): Promise<string> {
        const { id, secret } = keys.of(`arn:aws:iam::000000000000:role/${role}`);
        return new Signer({
            hostname: authenticator.host,
            port: authenticator.port,
            username,
            region,
            credentials: { accessKeyId: id, secretAccessKey: secret },
            ...more,
        }).getAuthToken();
    }

    const throughIt = (user: string, password: string) =>
        connect({ ...server, port: authenticator.port }, { name: "app", user, password });
    const userOf = async (client: Client) => {
        const { rows } = await client.query<{ name: string }>("SELECT session_user AS name");
        await client.end();
        return rows[0]!.name;
    };
    const refusal = { message: 'PAM authentication failed for user "teller"', code: "28000", severity: "FATAL" };

    it("lets a user in with a token that the AWS SDK signs", async () => {
        assert.equal(await userOf(await throughIt("teller", await tokenFor("teller"))), "teller");
    });

    it("admits other users with their passwords, with the server's own certificate", async () => {
        assert.equal(await userOf(await throughIt("other", "other's password")), "other");
        // A role that may grant rds_iam does not log in with IAM for that reason.
        assert.equal(await userOf(await throughIt(master.user, master.password)), "dbowner");
        await assert.rejects(throughIt("other", "wrong"), { code: "28P01", message: /password authentication failed/ });
        await assert.rejects(throughIt("nobody", "any"), { code: "28P01" });
    });

    for (const [what, token] of [
        ["for another user", () => tokenFor("other")],
        ["for another server", () => tokenFor("teller", { port: server.port })],
        ["for another region", () => tokenFor("teller", { region: "us-east-1" })],
        [
            "of a key that nobody gave",
            () => tokenFor("teller", { credentials: { accessKeyId: "LOCAL", secretAccessKey: "x" } }),
        ],
        [
            "of a key with a guessed secret",
            () => {
                const accessKeyId = keys.of("arn:aws:iam::000000000000:role/build").id;
                return tokenFor("teller", { credentials: { accessKeyId, secretAccessKey: "guessed" } });
            },
        ],
        ["that was changed", async () => (await tokenFor("other")).replace("DBUser=other", "DBUser=teller")],
        ["that is a password", () => Promise.resolve("secret")],
        ["that is nothing", () => Promise.resolve("")],
    ] as const) {
        it(`refuses a token ${what}, as RDS does`, async () => {
            const before = readFileSync(server.log, "utf8").length;
            await assert.rejects(throughIt("teller", await token()), refusal);
            assert.match(readFileSync(server.log, "utf8").slice(before), /The token for user "teller" was refused: \w/);
        });
    }

    it("refuses a token that is older than 15 minutes", async () => {
        const token = await tokenFor("teller");
        const login = { user: "teller", host: authenticator.host, port: authenticator.port, region };
        const at = (seconds: number) => verifyToken(token, login, keys, new Date(Date.now() + seconds * 1000));
        assert.equal(at(890).role, "arn:aws:iam::000000000000:role/build");
        assert.throws(() => at(910), /expired \d+ s ago/);
        assert.throws(() => at(-310), /in the future/);
        // A token that says of itself that it holds for longer is refused as well: that part is signed, but not RDS's.
        assert.throws(() => verifyToken(token.replace("Expires=900", "Expires=9000"), login, keys), /signature/);
    });

    it("admits only users in the policy of the token's role, and only if the cluster has IAM enabled", async () => {
        const teller = `arn:aws:rds-db:${region}:000000000000:dbuser:cluster-ONE/teller`;
        const statement = { Effect: "Allow", Action: ["rds-db:connect"], Resource: [teller] };
        const policy = JSON.stringify({ Statement: [statement] });
        const permissions = Permissions.of([
            resource("aws:iam/rolePolicy:RolePolicy", "build", { role: "build", policy }),
        ]);
        const authentication = new Authentication(region, keys, permissions);
        const login = async (cluster: Authenticating, role = "build") => {
            const endpoint = await authentication.open(server, cluster);
            const { host, port } = endpoint;
            try {
                const password = await tokenFor("teller", { port }, role);
                return await userOf(
                    await connect({ ...server, host, port }, { name: "app", user: "teller", password }),
                );
            } finally {
                await endpoint.close();
            }
        };
        assert.equal(await login({ resourceId: "cluster-ONE", iam: true }), "teller");
        await assert.rejects(login({ resourceId: "cluster-ONE", iam: true }, "other"), refusal);
        await assert.rejects(login({ resourceId: "cluster-TWO", iam: true }), refusal);
        await assert.rejects(login({ resourceId: "cluster-ONE", iam: false }), refusal);
        assert.match(
            readFileSync(server.log, "utf8"),
            /no policy allows arn:aws:iam::000000000000:role\/other rds-db:connect on arn:.*:dbuser:cluster-ONE\/teller/,
        );
    });

    it("admits no connection that bypasses it", async () => {
        const direct = (password: string) => connect(server, { name: "app", user: "teller", password });
        await assert.rejects(direct(await tokenFor("teller")), /connection requires a valid client certificate/);
        // Nor does the authenticator's certificate log in a user who has a password.
        const ssl = {
            ca: readFileSync(server.authority, "utf8"),
            cert: readFileSync(server.authenticator!.certificate, "utf8"),
            key: readFileSync(server.authenticator!.key, "utf8"),
        };
        const client = new Client({
            host: server.host,
            port: server.port,
            database: "app",
            user: "other",
            password: "wrong",
            ssl,
        });
        await assert.rejects(client.connect(), /password authentication failed/);
    });

    it("refuses connections without TLS, in the server's words", async () => {
        for (const [user, password] of [
            ["teller", await tokenFor("teller")],
            ["other", "other's password"],
        ] as const) {
            const client = new Client({
                host: server.host,
                port: authenticator.port,
                database: "app",
                user,
                password,
                ssl: false,
            });
            await assert.rejects(client.connect(), /no pg_hba.conf entry .* no encryption/);
        }
    });

    it("ends a session when its client dies, and tells a client when its session ends", async () => {
        const sessions = () =>
            asMaster(async (client) => {
                const { rows } = await client.query<{ pid: number }>(
                    "SELECT pid FROM pg_stat_activity WHERE usename = 'teller'",
                );
                return rows.map(({ pid }) => pid);
            });
        const client = await throughIt("teller", await tokenFor("teller"));
        client.on("error", () => {});
        assert.equal((await sessions()).length, 1);
        (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
        await eventually("the session has ended", async () => (await sessions()).length === 0);

        const other = await throughIt("teller", await tokenFor("teller"));
        const told = new Promise<Error>((resolve) => other.on("error", resolve));
        await asMaster((administrator) => administrator.query("GRANT teller TO dbowner"));
        await asMaster(async (administrator) =>
            administrator.query("SELECT pg_terminate_backend($1)", [(await sessions())[0]]),
        );
        assert.match((await told).message, /terminating connection due to administrator command/);
    });

    it("passes cancellations on", async () => {
        const client = await throughIt("teller", await tokenFor("teller"));
        const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
        const sleeping = assert.rejects(client.query("SELECT pg_sleep(60)"), { code: "57014" });
        const asleep = "SELECT FROM pg_stat_activity WHERE usename = 'teller' AND wait_event = 'PgSleep'";
        await eventually("the statement runs", () =>
            asMaster(async (administrator) => (await administrator.query(asleep)).rowCount === 1),
        );
        const request = Buffer.alloc(16);
        [16, 80877102, processID, secretKey].forEach((value, index) => request.writeInt32BE(value, index * 4));
        const socket = connectTcp(authenticator.port, "127.0.0.1", () => socket.write(request));
        await Promise.all([sleeping, new Promise((resolve) => socket.resume().on("close", resolve))]);
        await client.end();
    });

    it("carries much in both directions", async () => {
        const client = await throughIt("teller", await tokenFor("teller"));
        const text = "x".repeat(5_000_000);
        const { rows } = await client.query<{ text: string }>("SELECT $1::text || $1::text AS text", [text]);
        assert.equal(rows[0]!.text, text + text);
        await client.end();
    });

    it("answers a request for GSSAPI, and closes the connection on malformed messages", async () => {
        const socket = connectTcp(authenticator.port, "127.0.0.1");
        const request = Buffer.alloc(8);
        request.writeInt32BE(8);
        request.writeInt32BE(80877104, 4);
        const answer = new Promise<string>((resolve) => socket.once("data", (data) => resolve(data.toString())));
        socket.write(request);
        assert.equal(await answer, "N");
        const closed = new Promise((resolve) => socket.once("close", resolve));
        socket.write("GET / HTTP/1.1\r\n\r\n");
        await closed;
    });
});

describe("the local run with IAM authentication", function () {
    this.timeout(280_000);
    after(removeTemporary);

    const iam = { config: { "aurora-pipeline:databaseAuth": "Iam" } };
    const orders = changelog(changeset("orders", "CREATE TABLE orders (id int)", "DROP TABLE orders"));

    /** How the users of the builds log in. */
    const loginsOf = (scene: Scene) =>
        scene.ask("dev", async (client) => {
            const { rows } = await client.query<{ login: string }>(
                "SELECT rolname || CASE WHEN pg_has_role(oid, 'rds_iam', 'MEMBER') THEN ' by IAM' ELSE ' by password' END " +
                    "AS login FROM pg_roles WHERE rolname LIKE 'app%' AND rolcanlogin ORDER BY 1",
            );
            return rows.map(({ login }) => login);
        });

    it("delivers without a password of any build, rehearses on a clone, and goes back to passwords and forth", async () => {
        const scene = new Scene();
        const outcome = await scene.run({ config: { ...iam.config, "aurora-pipeline:rehearsal": true } });
        assertDelivered(outcome);
        assert.match(outcome.output, /Stage Deploy: action Rehearse: Succeeded/);
        assert.deepEqual(await scene.tables(), ["items", "prices"]);
        assert.deepEqual(await loginsOf(scene), ["app_migrator by IAM", "app_planner by IAM"]);
        assert.equal(Object.keys(scene.passwords("dev")).length, 1, "the administrator's");
        const told = [outcome.output, ...filesBelow(scene.local.runs).map((file) => readFileSync(file, "latin1"))];
        assert(
            told.every((text) => !/X-Amz-(Signature|Credential)/.test(text)),
            "no token is shown",
        );
        assert.match(outcome.output, /To connect then as its administrator: .* user=dbowner /);
        assert.match(outcome.output, /Who deploys: user=app_migrator, with IAM tokens, and only during a run/);

        scene.commit({ "migrations/changesets/2.sql": orders });
        const withPasswords = await scene.run({ keep: true });
        assert.equal(withPasswords.exit, 0, withPasswords.output);
        assert.deepEqual(
            withPasswords.lastRun.changesets.map(({ id }) => id),
            ["orders"],
        );
        assert.match(withPasswords.output, /Who plans: user=app_planner, with the password in the same file\./);

        // The running server does not ask for a certificate: it is restarted.
        const rollback = await scene.run({ ...iam, rollbackTo: withPasswords.lastRun.releaseId });
        assert.equal(rollback.exit, 0, rollback.output);
        assert.deepEqual(await scene.tables(), ["items", "prices"]);
        assert.deepEqual(await loginsOf(scene), ["app_migrator by IAM", "app_planner by IAM"]);
    });
});
