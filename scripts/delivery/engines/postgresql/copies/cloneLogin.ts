import { type Client, escapeIdentifier, escapeLiteral } from "pg";
import { CloneCredential } from "../../../aws/credentials/cloneCredential";
import { connect } from "../connection/connection";
import { InternalError, messageOf } from "../../../errors";
import { postgresErrors } from "../ownErrors";
import { codeOf, SqlState } from "../errors";
import { retrying } from "../../../retrying";
import { type CloneLogin, newPassword } from "../../copy";

/** Once the cluster is available again, RDS applies a master password within seconds, a minute at most. */
const patienceMilliseconds = 10 * 60_000;

/**
 * Gives the rehearsal's user a password that is valid on the clone only. The build has no credential of the original:
 * neither the master's or the user's password, nor an IAM token.
 */
export async function openClone(login: CloneLogin): Promise<void> {
    const { database, master } = login;
    const own = database.credential;
    if (!(own instanceof CloneCredential)) {
        throw new InternalError("A rehearsal on a clone uses only the clone's own credential.");
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
    const target = { ...database, ...address, username: master.username, credential };
    // The original's password is still in place until RDS has applied the clone's.
    const policy = { when: isRefusal, withinMillis: patienceMilliseconds, pauseMillis: secondsBetweenAttempts * 1000 };
    return retrying({ ...policy, signal }, () => connect({ database: target }, "aurora-pipeline-clone"));
}

function isRefusal(error: unknown): boolean {
    return codeOf(error) === SqlState.invalidPassword;
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
            throw new InternalError("it does not exist");
        }
        // A member of the role can log in by IAM only, which this build may not.
        if (role.byIam) {
            await client.query(`REVOKE rds_iam FROM ${user}`);
        }
        await client.query(`ALTER ROLE ${user} LOGIN PASSWORD ${escapeLiteral(password)}`);
        return password;
    } catch (error) {
        throw new postgresErrors.CloneLoginFailed(
            { user: username, reason: messageOf(error), master: master.username },
            { cause: error },
        );
    }
}
