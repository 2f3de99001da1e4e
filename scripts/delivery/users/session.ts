import type { Client } from "pg";
import { connect } from "../database/database";
import type { BootstrapSettings, BootstrapUser } from "../input/bootstrap";

/**
 * What the bootstrap's sessions start with. In the startup packet, where settings come before those of a role and of a
 * database: names without a schema are found in `pg_catalog` alone, to which no migration can add anything. See
 * docs/security.md, and https://www.postgresql.org/docs/current/config-setting.html for the order.
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

/** A longer wait is not the bootstrap's: what it does as the migrator may run what the migrator left. */
const migratorStatementTimeout = "60s";

/** The administrator's session; the caller ends it. Never as another role, whatever the database's settings say. */
export function connectAsAdministrator(settings: BootstrapSettings): Promise<Client> {
    return connect(settings, settings.releaseId, { ...pinned, role: "none" });
}

/** A session of the migrator that works as the owner: what has to be done with the tables that the owner has. */
export function connectAsOwner(settings: BootstrapSettings): Promise<Client> {
    const { owner, migrator } = settings;
    return connectAs(settings, migrator, { ...pinned, role: owner, statement_timeout: migratorStatementTimeout });
}

/** A session of a user; without `start` as its builds have it. */
export function connectAs(
    settings: BootstrapSettings,
    { name, credential }: BootstrapUser,
    start?: Record<string, string>,
): Promise<Client> {
    return connect({ database: { ...settings.database, username: name, credential } }, settings.releaseId, start);
}
