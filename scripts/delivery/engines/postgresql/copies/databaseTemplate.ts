import { randomBytes } from "node:crypto";
import { type Client, escapeIdentifier } from "pg";
import { connect } from "../connection/connection";
import { messageOf } from "../../../errors";
import { postgresErrors } from "../ownErrors";
import type { Settings } from "../../../settings";
import type { Copy, CopyAddress } from "../../copy";

/** A database that exists on every server, from which others are created. */
const maintenanceDatabase = "postgres";

/** A copy in the same server. The server refuses it while other sessions are connected to the original. */
export class DatabaseTemplate implements Copy {
    private readonly name: string;

    constructor(private readonly settings: Settings) {
        this.name = `${settings.database.name.slice(0, 40)}_rehearsal_${randomBytes(4).toString("hex")}`;
    }

    async make(): Promise<CopyAddress> {
        const { host, port, name } = this.settings.database;
        await this.administrate(async (client) => {
            try {
                await client.query(`CREATE DATABASE ${escapeIdentifier(this.name)} TEMPLATE ${escapeIdentifier(name)}`);
            } catch (error) {
                throw new postgresErrors.DatabaseNotCopied({ database: name, reason: messageOf(error) });
            }
        });
        return { host, port, name: this.name };
    }

    remove(): Promise<void> {
        return this.administrate(async (client) => {
            await client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(this.name)} WITH (FORCE)`);
        });
    }

    private async administrate(work: (client: Client) => Promise<void>): Promise<void> {
        const { database, releaseId } = this.settings;
        const client = await connect({ database: { ...database, name: maintenanceDatabase } }, releaseId);
        try {
            await work(client);
        } finally {
            await client.end();
        }
    }
}
