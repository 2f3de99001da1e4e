import { Errno, errnoOf } from "../errors";

/** A session in the server, as far as the account that asks may see it. */
export interface Session {
    id: number;
    user: string;
    address: string | null;
    /** What it runs: only of the account's own. */
    info: string | null;
}

type Ask = <T>(sql: string, values: unknown[]) => Promise<T[]>;

/** Sessions by the name that their client has given, whoever has logged in: all builds' of one release, for example. */
export function sessionsNamed(ask: Ask, name: string): Promise<Session[]> {
    return withAccess(
        () => ask<Session>(named("session_connect_attrs"), [name]),
        () => ask<Session>(named("session_account_connect_attrs"), [name]),
    );
}

/** Sessions in this database that are not the server's: any of them may have taken a lock. */
export function sessionsHere(ask: Ask): Promise<Session[]> {
    const strangers = "NOT IN ('event_scheduler', 'rdsadmin')";
    return withAccess(
        () =>
            ask<Session>(
                `SELECT PROCESSLIST_ID AS id, PROCESSLIST_USER AS user, PROCESSLIST_HOST AS address, NULL AS info
                   FROM performance_schema.threads
                  WHERE PROCESSLIST_DB = database() AND PROCESSLIST_ID <> connection_id() AND PROCESSLIST_USER ${strangers}`,
                [],
            ),
        () =>
            ask<Session>(
                `SELECT ID AS id, USER AS user, HOST AS address, INFO AS info FROM information_schema.PROCESSLIST
                  WHERE DB = database() AND ID <> connection_id() AND USER ${strangers}`,
                [],
            ),
    );
}

function named(attributes: string): string {
    return `
    SELECT a.PROCESSLIST_ID AS id, COALESCE(p.USER, 'of another build') AS user, p.HOST AS address, p.INFO AS info
      FROM performance_schema.${attributes} a
      LEFT JOIN information_schema.PROCESSLIST p ON p.ID = a.PROCESSLIST_ID
     WHERE a.ATTR_NAME = 'program_name' AND a.ATTR_VALUE = ? AND a.PROCESSLIST_ID <> connection_id()`;
}

/** The bootstrap's accounts may see more than others: those see their own account's sessions. */
async function withAccess<T>(wide: () => Promise<T>, own: () => Promise<T>): Promise<T> {
    try {
        return await wide();
    } catch (error) {
        const denied: number[] = [Errno.tableAccessDenied, Errno.columnAccessDenied];
        if (!denied.includes(errnoOf(error))) throw error;
        return own();
    }
}
