import type { Connection } from "mysql2/promise";
import { mysql } from "../../scripts/delivery/engines/mysql";
import { newOwner } from "../../scripts/delivery/engines/lockOwner";
import type { LockSession } from "../../scripts/delivery/engines/session";
import type { Settings } from "../../scripts/delivery/settings";
import { tracking } from "../../scripts/delivery/tools/liquibase/tracking";
import { connectMysql, provisionMysql } from "../../scripts/local/database/mysql/provision";
import { mysqlVersion } from "../../scripts/local/database/mysql/binaries";
import { createMysql, startMysql } from "../../scripts/local/database/mysql/server";
import { copyKept } from "../../scripts/local/database/kept";
import { choosePort } from "../../scripts/local/database/port";
import { administrator, type Server } from "../../scripts/local/database/server";
import { removeTemporary, temporaryDirectory } from "../scripts/local/support";

/** Starts an empty MySQL server, with a copy of what its first start would take seconds to create. */
export async function startEmptyMysql(home = temporaryDirectory()): Promise<Server> {
    await copyKept(home, `mysql-${mysqlVersion}`, createMysql);
    return startMysql(home, await choosePort());
}

/** A MySQL server for the tests of one `describe`, which it starts and stops. */
export class MysqlServer {
    /** Of the administrator. */
    root!: Connection;
    server!: Server;
    readonly log: string[] = [];

    private home!: string;

    static forTests(): MysqlServer {
        const one = new MysqlServer();
        before(async () => {
            one.home = temporaryDirectory();
            one.server = await startEmptyMysql(one.home);
            one.root = await one.administrate();
        });
        after(async () => {
            await one.root?.end();
            await one.server?.stop();
            removeTemporary();
        });
        return one;
    }

    administrate(name?: string): Promise<Connection> {
        return connectMysql(this.server, { name, user: administrator, password: this.server.password });
    }

    /** Stops the server, and starts it again on the same port. */
    async restart(): Promise<void> {
        const { port } = this.server;
        this.root.destroy();
        await this.server.stop();
        this.server = await startMysql(this.home, port);
        this.root = await this.administrate();
    }

    /** A database with a user who may do everything in it. */
    async provide(name = "app"): Promise<void> {
        await provisionMysql(this.server, { name, user: "owner", password: "secret" });
    }

    /** Of a deployment as that user. */
    settings(releaseId: string, { name = "app", password = "secret" } = {}): Settings {
        const { host, port, authority } = this.server;
        const credential = {
            password: () => Promise.resolve(password),
            another: () => Promise.resolve(undefined),
            advice: () => "Ask.",
        };
        const database = { host, port, name, username: "owner", caBundle: authority, silenceSeconds: 45, credential };
        return { releaseId, database } as unknown as Settings;
    }

    /** A deployment's session, which has no lock yet. */
    open(releaseId: string, { name = "app", waitMillis = 1000, graceMillis = 1500 } = {}): Promise<LockSession> {
        return mysql.openSession(this.settings(releaseId, { name }), tracking, {
            owner: newOwner(releaseId),
            patience: { waitMillis, graceMillis },
            log: (line) => this.log.push(line),
            onGone: () => {},
        });
    }
}
