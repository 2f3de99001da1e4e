import { type ClientBase, escapeIdentifier, escapeLiteral } from "pg";
import { connect } from "../database/database";
import type { BootstrapSettings, BootstrapUser } from "../input/bootstrap";
import { scramVerifier } from "./scram";

/**
 * Sets the user's password to its secret's if the server refuses what the secret holds, and only then: a rotation that is
 * under way is not to be undone. Returns what it did.
 */
export async function setPassword(
    client: Pick<ClientBase, "query">,
    settings: BootstrapSettings,
    { name, credential }: BootstrapUser,
): Promise<string[]> {
    if (credential === undefined || (await isAccepted(settings, { name, credential }))) {
        return [];
    }
    const verifier = scramVerifier(await credential.password());
    await client.query(`ALTER ROLE ${escapeIdentifier(name)} PASSWORD ${escapeLiteral(verifier)}`);
    return [`set the password of ${name} to what its secret holds`];
}

async function isAccepted(
    settings: BootstrapSettings,
    { name, credential }: Required<BootstrapUser>,
): Promise<boolean> {
    const database = { ...settings.database, username: name, credential };
    try {
        await (await connect({ database }, settings.releaseId)).end();
        return true;
    } catch (error) {
        if (((error as Error).cause as { code?: string } | undefined)?.code === "28P01") {
            return false;
        }
        throw error;
    }
}
