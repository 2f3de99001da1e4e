import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { copyKept } from "../local/database/kept";
import { choosePort } from "../local/database/port";
import { connect } from "../local/database/provision";
import { administrator, createServer, type Server, serverVersion, startServer } from "../local/database/server";
import { startTemporarily } from "./place";

/** A temporary PostgreSQL server that leaves nothing behind. */
export interface ThrowawayServer {
    server: Server;
    /** A connection as the server's administrator; the caller ends it. */
    administrate(database?: string): Promise<Client>;
    /** A connection as another user; the caller ends it. */
    connect(database: string, user: string, password: string): Promise<Client>;
    /** Stops the server, and starts it again on the same port after a pause. */
    restart(pauseMillis?: number): Promise<void>;
    /** Stops the server and deletes its files. */
    dispose(): Promise<void>;
}

/** Starts a server in a temporary directory; with `iam`, it accepts an authenticator for IAM users in front of it. */
export async function startThrowawayServer({ iam = false } = {}): Promise<ThrowawayServer> {
    const { server, place, dispose } = await startTemporarily(async (directory) => {
        await copyKept(directory, `postgresql-${serverVersion()}`, createServer);
        return startServer(directory, await choosePort(), { iam });
    });
    const open = async (name: string, user: string, password: string) => {
        const client = await connect(server, { name, user, password });
        // A server that is stopped ends its sessions; a session that is still in use sees the error on its next query.
        client.on("error", () => {});
        return client;
    };
    return {
        server,
        administrate: (database = "postgres") => open(database, administrator, server.password),
        connect: open,
        restart: async (pauseMillis = 0) => {
            await server.stop();
            await sleep(pauseMillis);
            await startServer(place, server.port, { iam });
        },
        dispose,
    };
}
