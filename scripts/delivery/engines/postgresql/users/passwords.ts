import { codeOf, SqlState } from "../errors";
import { type ClientBase, escapeIdentifier, escapeLiteral } from "pg";
import type { BootstrapSettings, BootstrapUser } from "../../../settings";
import { scramVerifier } from "./scram";
import { connectAs } from "./session";

/**
 * Sets the user's password from its secret, but only if the server rejects the secret's current value: a rotation in
 * progress must not be undone. Returns what it did.
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
    return [`set the password of ${name} to that of its secret`];
}

async function isAccepted(settings: BootstrapSettings, user: BootstrapUser): Promise<boolean> {
    try {
        await (await connectAs(settings, user)).end();
        return true;
    } catch (error) {
        if (codeOf(error) === SqlState.invalidPassword) {
            return false;
        }
        throw error;
    }
}
