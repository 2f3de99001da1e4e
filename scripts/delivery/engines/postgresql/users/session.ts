import type { Client } from "pg";
import { connect } from "../connection/connection";
import type { BootstrapSettings, BootstrapUser } from "../../../settings";

/**
 * Startup settings of the bootstrap's sessions, which take precedence over those of a role and of a database:
 * unqualified names resolve in `pg_catalog` only, to which no migration can add anything. See docs/security.md, and
 * https://www.postgresql.org/docs/current/config-setting.html for the order.
 */
const pinned = {
    search_path: "pg_catalog,pg_temp",
    default_transaction_read_only: "off",
    default_transaction_isolation: "read\\ committed",
    statement_timeout: "0",
    lock_timeout: "5s",
    // Names are compared as text.
    quote_all_identifiers: "off",
};

/** Limits statements that the bootstrap runs as the migrator, because they may run code that migrations left. */
const migratorStatementTimeout = "60s";

/** The administrator's session, never as another role, whatever the database's settings say; the caller ends it. */
export function connectAsAdministrator(settings: BootstrapSettings): Promise<Client> {
    return connect(settings, settings.releaseId, { ...pinned, role: "none" });
}

/** A migrator session that works as the owner, for the owner's tables. */
export function connectAsOwner(settings: BootstrapSettings): Promise<Client> {
    const { owner, migrator } = settings;
    return connectAs(settings, migrator, { ...pinned, role: owner, statement_timeout: migratorStatementTimeout });
}

/** A user's session; without `start` it is the same as in its builds. */
export function connectAs(
    settings: BootstrapSettings,
    { name, credential }: BootstrapUser,
    start?: Record<string, string>,
): Promise<Client> {
    return connect({ database: { ...settings.database, username: name, credential } }, settings.releaseId, start);
}
