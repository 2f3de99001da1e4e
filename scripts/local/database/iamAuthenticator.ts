import { once } from "node:events";
import { appendFileSync, readFileSync } from "node:fs";
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from "node:net";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import { messageOf } from "../errors";
import {
    askForPassword,
    fatal,
    isAuthenticationOk,
    type Message,
    passwordOf,
    ProtocolError,
    readExactly,
    readMessage,
    readStartup,
    requestCodes,
    requestTls,
    terminate,
    userOf,
} from "./iam/protocol";
import { TokenError } from "./iam/token";
import type { Server } from "./server";
import { InternalError } from "../../../components/errorDefinition";

/** A login with a token, at the address that the client connected to. */
export interface Attempt {
    token: string;
    user: string;
    host: string;
    port: number;
}

/** Throws a {@link TokenError} unless the token admits the user. */
export type Verify = (attempt: Attempt) => void;

/** How long a client may take to authenticate; PostgreSQL's default. */
const patienceMilliseconds = 60_000;

/**
 * Stands in front of a server and does what RDS does there for members of `rds_iam`: it asks for an IAM token instead
 * of a password. The traffic of other users is passed on to the server unchanged, under the same certificate. The
 * server decides who is a member: started for IAM authentication, it accepts this authenticator's certificate for
 * members of `rds_iam`, and no other.
 */
export class IamAuthenticator {
    private readonly sockets = new Set<Socket>();
    private readonly listener = createServer((socket) => this.welcome(socket, false));
    /** It listens nowhere: sockets are handed to it when their clients request TLS. */
    private readonly tls;

    private constructor(
        private readonly server: Server,
        private readonly verify: Verify,
    ) {
        const files = { cert: readFileSync(server.certificate), key: readFileSync(server.key) };
        this.tls = createTlsServer({ ...files, minVersion: "TLSv1.2" }, (socket) => this.welcome(socket, true));
    }

    /** Listens on a port, by default any free one. */
    static async start(server: Server, verify: Verify, port = 0): Promise<IamAuthenticator> {
        const authenticator = new IamAuthenticator(server, verify);
        await new Promise<void>((resolve, reject) => {
            authenticator.listener.once("error", reject).listen(port, "127.0.0.1", resolve);
        });
        return authenticator;
    }

    get host(): string {
        return this.server.host;
    }

    get port(): number {
        return (this.listener.address() as AddressInfo).port;
    }

    async close(): Promise<void> {
        for (const socket of this.sockets) socket.destroy();
        await new Promise((resolve) => this.listener.close(resolve));
    }

    private welcome(client: Socket, encrypted: boolean): void {
        this.keep(client);
        const impatience = setTimeout(() => client.destroy(), patienceMilliseconds).unref();
        this.serve(client, encrypted)
            .catch((error: unknown) => {
                client.destroy();
                // Clients connect and disconnect; that needs no log line.
                if (!(error instanceof ProtocolError)) this.log(messageOf(error));
            })
            .finally(() => clearTimeout(impatience));
    }

    private async serve(client: Socket, encrypted: boolean): Promise<void> {
        for (;;) {
            const { code, packet } = await readStartup(client);
            if (code === requestCodes.tls && !encrypted) {
                client.write("S");
                this.tls.emit("connection", client);
                return;
            }
            if (code === requestCodes.gss && !encrypted) {
                client.write("N");
                continue;
            }
            // The server itself refuses a client without TLS, and does not answer a cancel request.
            const upstream = this.keep(encrypted ? await this.connectSecurely() : this.connect());
            upstream.write(packet);
            if (code === requestCodes.cancel || (await this.admit(client, upstream, userOf(packet)))) {
                join(client, upstream);
            }
            return;
        }
    }

    /** Passes on the server's first question, and asks for a token if there is none; false after a refusal. */
    private async admit(client: Socket, upstream: Socket, user: string): Promise<boolean> {
        const abandon = () => upstream.destroy();
        client.once("close", abandon);
        try {
            let answer: Message;
            // The only message that may come before it negotiates the protocol version.
            while ((answer = await readMessage(upstream)).type === "v") client.write(answer.packet);
            const admitted = !isAuthenticationOk(answer) || (await this.hasToken(client, user));
            if (admitted) client.write(answer.packet);
            else upstream.end(terminate);
            return admitted;
        } finally {
            client.off("close", abandon);
        }
    }

    private async hasToken(client: Socket, user: string): Promise<boolean> {
        client.write(askForPassword);
        const token = passwordOf(await readMessage(client));
        try {
            this.verify({ token, user, host: this.host, port: this.port });
            return true;
        } catch (error) {
            if (!(error instanceof TokenError)) throw error;
            this.log(`The token for user "${user}" was refused: ${error.message}.`);
            // The message of RDS, whose server uses PAM.
            client.end(fatal("28000", `PAM authentication failed for user "${user}"`));
            return false;
        }
    }

    private connect(): Socket {
        const { host, port } = this.server;
        return connectTcp({ host, port, family: 4 });
    }

    private async connectSecurely(): Promise<Socket> {
        const { authority, host, authenticator } = this.server;
        if (!authenticator) throw new InternalError("The server was not started for IAM authentication.");
        const socket = this.keep(this.connect());
        socket.write(requestTls);
        const answer = (await readExactly(socket, 1)).toString("latin1");
        if (answer !== "S") throw new InternalError(`The server answered "${answer}" to a request for TLS.`);
        const secure = connectTls({
            socket,
            servername: host,
            ca: readFileSync(authority),
            cert: readFileSync(authenticator.certificate),
            key: readFileSync(authenticator.key),
        });
        await once(secure, "secureConnect");
        return secure;
    }

    private keep(socket: Socket): Socket {
        this.sockets.add(socket);
        // A broken connection is closed as well, which is handled here.
        socket.on("error", () => {}).on("close", () => this.sockets.delete(socket));
        return socket.setNoDelay(true);
    }

    /** Writes to the server's own log. */
    private log(line: string): void {
        appendFileSync(this.server.log, `${new Date().toISOString()} authenticator: ${line}\n`);
    }
}

/** From here on both sides talk to each other; when one disconnects, so does the other. */
function join(client: Socket, upstream: Socket): void {
    if (client.destroyed || upstream.destroyed) {
        client.destroy();
        upstream.destroy();
        return;
    }
    for (const [from, to] of [
        [client, upstream],
        [upstream, client],
    ] as const) {
        from.pipe(to);
        // Data sent last is still delivered, unless the connection broke.
        from.on("close", (broken: boolean) => (broken ? to.destroy() : to.destroySoon()));
    }
}
