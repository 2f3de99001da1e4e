import type { Connection } from "mysql2/promise";
import type { BootstrapSettings, BootstrapUser } from "../../../settings";
import { connect } from "../connection/connection";

/** The administrator's session. It names everything in full, and reads nothing that migrations can define. */
export function connectAsAdministrator(settings: BootstrapSettings): Promise<Connection> {
    return connect(settings, settings.releaseId);
}

/** A user's session, as in its builds. */
export function connectAs(
    settings: BootstrapSettings,
    { name, credential }: Pick<BootstrapUser, "name" | "credential">,
): Promise<Connection> {
    return connect({ database: { ...settings.database, username: name, credential } }, settings.releaseId);
}
