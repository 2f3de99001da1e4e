import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Client, escapeIdentifier, escapeLiteral } from "pg";
import { CloneCredential } from "../../database/credentials/cloneCredential";
import { connect } from "../../database/database";
import { InputError, messageOf } from "../../errors";
import type { DatabaseSettings } from "../../input/settings";
import type { CopyAddress } from "./copy";

/** Who may do everything on a clone: the original's master user, with a password that only the clone has. */
export interface CloneMaster {
    username: string;
    password: string;
}

export interface CloneLogin {
    /** The original's; its user is the one who rehearses. */
    database: DatabaseSettings;
    address: CopyAddress;
    master: CloneMaster;
    signal: AbortSignal;
    secondsBetweenAttempts?: number;
}

/** RDS sets a master password within seconds, a minute at most, after the cluster is available again. */
const patienceMilliseconds = 10 * 60_000;

/** Printable, without what RDS refuses in a master password (`/`, `"`, `@`): 40 characters of the 41 that it takes. */
export function newPassword(): string {
    return randomBytes(20).toString("hex");
}

/**
 * Gives the user who rehearses a password that is good on the clone alone. The build has none of the original's: not the
 * master's, not the user's, and no token of IAM.
 */
export async function openClone(login: CloneLogin): Promise<void> {
    const { database, master } = login;
    const own = database.credential;
    if (!(own instanceof CloneCredential)) {
        throw new InputError("A rehearsal on a clone uses no other credential than the clone's own.");
    }
    const client = await connectAsMaster(login);
    try {
        own.set(database.username === master.username ? master.password : await setPassword(client, login));
    } finally {
        await client.end();
    }
}

async function connectAsMaster({ database, address, master, signal, secondsBetweenAttempts = 5 }: CloneLogin) {
    const credential = new CloneCredential(() => {});
    credential.set(master.password);
    const end = Date.now() + patienceMilliseconds;
    for (;;) {
        signal.throwIfAborted();
        try {
            const target = { ...database, ...address, username: master.username, credential };
            return await connect({ database: target }, "aurora-pipeline-clone");
        } catch (error) {
            // The password of the original, for as long as RDS has not set the clone's.
            if (!isRefusal(error) || Date.now() > end) {
                throw error;
            }
        }
        await sleep(secondsBetweenAttempts * 1000);
    }
}

function isRefusal(error: unknown): boolean {
    return ((error as Error).cause as { code?: string } | undefined)?.code === "28P01";
}

async function setPassword(client: Client, { database: { username }, master }: CloneLogin): Promise<string> {
    const user = escapeIdentifier(username);
    const password = newPassword();
    try {
        await client.query("SET search_path = pg_catalog, pg_temp");
        const { rows } = await client.query<{ byIam: boolean }>(
            `SELECT EXISTS (SELECT FROM pg_catalog.pg_auth_members m
                 JOIN pg_catalog.pg_roles g ON g.oid = m.roleid AND g.rolname = 'rds_iam'
                WHERE m.member = r.oid) AS "byIam"
               FROM pg_catalog.pg_roles r WHERE r.rolname = $1`,
            [username],
        );
        const [role] = rows;
        if (role === undefined) {
            throw new Error("it is not there");
        }
        // Whoever has it logs in by IAM only, which this build may not.
        if (role.byIam) {
            await client.query(`REVOKE rds_iam FROM ${user}`);
        }
        await client.query(`ALTER ROLE ${user} LOGIN PASSWORD ${escapeLiteral(password)}`);
        return password;
    } catch (error) {
        throw new InputError(
            `The user ${username} cannot be given a password on the clone (${messageOf(error)}). The cluster's master user, ${master.username}, must have created it, as the stage Bootstrap does.`,
            { cause: error },
        );
    }
}
