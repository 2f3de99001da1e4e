import { type ClientBase, escapeIdentifier, escapeLiteral } from "pg";
import type { BootstrapSettings, BootstrapUser } from "../input/bootstrap";
import { scramVerifier } from "./scram";
import { connectAs } from "./session";

/**
 * Sets the user's password to its secret's if the server refuses what the secret holds, and only then: a rotation that is
 * under way is not to be undone. Returns what it did.
 */
export async function setPassword(
    client: Pick<ClientBase, "query">,
    settings: BootstrapSettings,
    user: BootstrapUser,
): Promise<string[]> {
    const { name, iam, credential } = user;
    if (iam || (await isAccepted(settings, user))) {
        return [];
    }
    const verifier = scramVerifier(await credential.password(settings.database));
    await client.query(`ALTER ROLE ${escapeIdentifier(name)} PASSWORD ${escapeLiteral(verifier)}`);
    return [`set the password of ${name} to what its secret holds`];
}

async function isAccepted(settings: BootstrapSettings, user: BootstrapUser): Promise<boolean> {
    try {
        await (await connectAs(settings, user)).end();
        return true;
    } catch (error) {
        if (((error as Error).cause as { code?: string } | undefined)?.code === "28P01") {
            return false;
        }
        throw error;
    }
}
