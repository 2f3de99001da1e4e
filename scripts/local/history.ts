import type { HistoryRow } from "../delivery/history";
import { localEngineOf } from "./database/localEngines";
import type { DatabaseAccount } from "./database/provision";
import type { Server } from "./database/server";

/** What the database has run, in order; a database without a history has run nothing. */
export function readHistory(server: Server, database: DatabaseAccount): Promise<HistoryRow[]> {
    return localEngineOf(database).history(server, database);
}
