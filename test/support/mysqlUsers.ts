import type { RowDataPacket } from "mysql2/promise";
import type { Fingerprint } from "../../scripts/delivery/engines/fingerprint";
import { mysql } from "../../scripts/delivery/engines/mysql";
import type { BootstrapSettings } from "../../scripts/delivery/settings";
import { tracking } from "../../scripts/delivery/tools/liquibase/tracking";
import { connectMysql, provisionMysql } from "../../scripts/local/database/mysql/provision";
import type { Server } from "../../scripts/local/database/server";

/** A database, and the settings of the bootstrap that makes its users. */
export class Scene {
    readonly database: string;
    readonly passwords: Record<string, string>;
    readonly log: string[] = [];
    private static number = 0;

    private constructor(private readonly server: Server) {
        this.database = `app_${++Scene.number}`;
        this.passwords = {
            dbowner: "master",
            [`${this.database}_migrator`]: "migrator's \\ secret",
            [`${this.database}_planner`]: "planner",
        };
    }

    static async create(server: Server): Promise<Scene> {
        const scene = new Scene(server);
        await provisionMysql(server, { name: scene.database, user: "dbowner", password: "master" });
        return scene;
    }

    credential(user: string): BootstrapSettings["database"]["credential"] {
        return {
            password: () => Promise.resolve(this.passwords[user]!),
            another: () => Promise.resolve(undefined),
            advice: () => "Ask.",
        };
    }

    settings(changed: Partial<BootstrapSettings> = {}): BootstrapSettings {
        const user = (name: string) => ({ name, iam: false, credential: this.credential(name) });
        return {
            releaseId: "bootstrap",
            owner: `${this.database}_owner`,
            migrator: user(`${this.database}_migrator`),
            planner: user(`${this.database}_planner`),
            database: {
                host: this.server.host,
                port: this.server.port,
                name: this.database,
                username: "dbowner",
                caBundle: this.server.authority,
                silenceSeconds: 45,
                credential: this.credential("dbowner"),
            },
            ...changed,
        } as unknown as BootstrapSettings;
    }

    async bootstrap(changed: Partial<BootstrapSettings> = {}): Promise<{ done: string[]; left: string[] }> {
        const made = await mysql.users.make(this.settings(changed), tracking, (line) => this.log.push(line));
        await made.prove();
        return made;
    }

    as(part: "migrator" | "planner"): BootstrapSettings {
        const { database } = this.settings();
        const username = `${this.database}_${part}`;
        return this.settings({ database: { ...database, username, credential: this.credential(username) } });
    }

    async run(user: string, ...statements: string[]): Promise<RowDataPacket[]> {
        const connection = await connectMysql(this.server, {
            name: this.database,
            user,
            password: this.passwords[user]!,
        });
        try {
            let rows: RowDataPacket[] = [];
            for (const sql of statements) [rows] = await connection.query<RowDataPacket[]>(sql);
            return rows;
        } finally {
            await connection.end();
        }
    }
    migrator = (...statements: string[]) => this.run(`${this.database}_migrator`, ...statements);
    planner = (...statements: string[]) => this.run(`${this.database}_planner`, ...statements);
    owner = (...statements: string[]) => this.run("dbowner", ...statements);

    catalog(settings: BootstrapSettings): Promise<Fingerprint> {
        return mysql.withDatabase(settings, tracking, (database) => database.fingerprint());
    }
}
