import { retrying } from "../retrying";
import type { DatabaseSettings } from "../settings";

/**
 * Opens a connection with the database's password, and again with each other one that the credential has, for as long as
 * the server refuses them. No other failure is a reason to try another password.
 */
export async function loggingIn<Connection>(
    database: DatabaseSettings,
    refusesPassword: (error: Error) => boolean,
    open: (password: string) => Promise<Connection>,
): Promise<Connection> {
    const { credential } = database;
    let password = await credential.password(database);
    const when = async (error: Error) => {
        const another = refusesPassword(error) ? await credential.another(password) : undefined;
        password = another ?? password;
        return another !== undefined;
    };
    return retrying({ when, pauseMillis: 0 }, () => open(password));
}
