import * as assert from "node:assert/strict";
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { connect } from "../../../../../../scripts/delivery/engines/postgresql/connection/connection";
import { SecretCredential } from "../../../../../../scripts/delivery/aws/credentials/secret";
import type { DatabaseSettings } from "../../../../../../scripts/delivery/settings";
import { root } from "../../../../../support/program";

describe("a connection that gets no answer", () => {
    let server: Server;
    let sockets: Socket[];
    let answer: (socket: Socket, attempt: number) => void;
    beforeEach(async () => {
        sockets = [];
        server = createServer((socket) => {
            socket.on("error", () => {});
            sockets.push(socket);
            answer(socket, sockets.length);
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });
    afterEach(() => {
        sockets.forEach((socket) => socket.destroy());
        server.close();
    });

    const settings = (): DatabaseSettings => ({
        host: "127.0.0.1",
        port: (server.address() as AddressInfo).port,
        name: "app",
        username: "owner",
        credential: new SecretCredential("secret", undefined, () => undefined),
        // Any file: it does not come to TLS.
        caBundle: join(root, "package.json"),
        // An attempt may take half a second, and all of them two.
        silenceSeconds: 1.5,
    });

    it("is retried: a connection that hangs after a failover never recovers", async () => {
        answer = (socket, attempt) => {
            if (attempt > 1) socket.destroy();
        };
        // The second attempt is answered, by a refusal of this server's.
        await assert.rejects(connect({ database: settings() }, "test"), /Connection terminated|ECONNRESET|socket/);
        assert.ok(sockets.length >= 2, `${sockets.length}`);
    });

    it("is abandoned after the time that a paused cluster takes to resume", async () => {
        answer = () => {};
        const started = performance.now();
        await assert.rejects(connect({ database: settings() }, "test"), /The server does not answer/);
        // How many attempts fit depends on how busy the machine is; that none comes after the time, on nothing.
        assert.ok(sockets.length >= 2, `${sockets.length}`);
        assert.ok(performance.now() - started >= 1500);
    });

    it("is tried once if the caller sets a time limit", async () => {
        answer = () => {};
        const search = { attemptMillis: 300, patienceMillis: 0 };
        await assert.rejects(connect({ database: settings() }, "test", {}, search), /The server does not answer/);
        assert.equal(sockets.length, 1);
    });
});
