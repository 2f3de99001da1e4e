import type { Settings } from "../../../settings";
import { type TrackingTables, uncountedTables } from "../../../tracking";
import type { LockSession, SessionOptions } from "../../session";
import { readFingerprint } from "../catalog/read";
import { recordCatalog } from "../catalog/recorded";
import { restoreDefinitions } from "../undo/restore";
import { rowsOf, writeRows } from "./historyRows";
import { Keeper } from "./keeper";
import { CatalogLeftovers } from "./leftovers";
import { TableLock } from "./lock";

/** The session of a deployment, with its lock and what it finds of earlier runs. */
export async function openSession(
    settings: Settings,
    tracking: TrackingTables,
    { owner, patience, log, onGone }: SessionOptions,
): Promise<LockSession> {
    const keeper = await Keeper.open(settings, tracking, onGone);
    const lock = new TableLock(keeper, owner, patience, log);
    const leftovers = new CatalogLeftovers(keeper, { lock, releaseId: settings.releaseId, log });
    return {
        lock,
        leftovers,
        back: (patienceMillis) => keeper.back(patienceMillis),
        steadily: (patienceMillis, work) => keeper.steadily(patienceMillis, work),
        look: (work) => keeper.look(work),
        fingerprint: (options) =>
            keeper.use((connection) =>
                readFingerprint(connection, { ...options, trackingTables: uncountedTables(tracking) }),
            ),
        restore: (before, options) =>
            keeper.use((connection) =>
                restoreDefinitions(connection, before, { ...options, trackingTables: uncountedTables(tracking) }),
            ),
        historyOf: (changesets) => keeper.use((connection) => rowsOf(connection, tracking.history, changesets)),
        restoreHistory: (rows) => keeper.use((connection) => writeRows(connection, tracking.history, rows)),
        recordCatalog: (deployment, catalog, history) =>
            keeper.use((connection) => recordCatalog(connection, deployment, catalog, history)),
        close: async () => {
            // Whoever still has the lock is dead to the next run, which needs to know where it was.
            if (!lock.isHeld) await leftovers.forget();
            await keeper.close();
        },
    };
}
