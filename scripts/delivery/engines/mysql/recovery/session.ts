import type { Settings } from "../../../settings";
import { type TrackingTables, uncountedTables } from "../../../tracking";
import type { LockSession, SessionOptions } from "../../session";
import { readFingerprint } from "../catalog/read";
import { recordCatalog } from "../catalog/recorded";
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
    return {
        lock,
        leftovers: new CatalogLeftovers(keeper, lock, log),
        back: (patienceMillis) => keeper.back(patienceMillis),
        steadily: (patienceMillis, work) => keeper.steadily(patienceMillis, work),
        look: (work) => keeper.look(work),
        fingerprint: (options) =>
            keeper.use((connection) =>
                readFingerprint(connection, { ...options, trackingTables: uncountedTables(tracking) }),
            ),
        // It restores nothing, and says of no changeset that it would: `undo.onlyDefines`.
        restore: () => Promise.resolve([]),
        historyOf: () => Promise.resolve([]),
        restoreHistory: () => Promise.resolve(),
        recordCatalog: (deployment, catalog) =>
            keeper.use((connection) => recordCatalog(connection, deployment, catalog)),
        close: () => keeper.close(),
    };
}
