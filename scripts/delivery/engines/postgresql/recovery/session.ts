import type { LockSession, SessionOptions } from "../../session";
import type { Settings } from "../../../settings";
import { type TrackingTables, uncountedTables } from "../../../tracking";
import { readFingerprint } from "../catalog/read";
import { recordCatalog } from "../catalog/recorded";
import { homeSchema } from "../connection/searchPath";
import { restoreDefinitions } from "../undo/restore";
import { rowsOf, writeRows } from "./historyRows";
import { Keeper } from "./keeper";
import { IndexLeftovers } from "./leftovers";
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
        leftovers: new IndexLeftovers(settings, keeper, lock, log),
        back: (patienceMillis) => keeper.back(patienceMillis),
        steadily: (patienceMillis, work) => keeper.steadily(patienceMillis, work),
        look: (work) => keeper.look(work),
        fingerprint: (options) =>
            keeper.use((client) => readFingerprint(client, { ...options, trackingTables: uncountedTables(tracking) })),
        restore: (before, options) =>
            keeper.use((client) =>
                restoreDefinitions(client, before, { ...options, trackingTables: uncountedTables(tracking) }),
            ),
        historyOf: (changesets) =>
            keeper.use(async (client) => rowsOf(client, tracking.history, await homeSchema(client), changesets)),
        restoreHistory: (rows) =>
            keeper.use(async (client) => writeRows(client, tracking.history, await homeSchema(client), rows)),
        recordCatalog: (deployment, catalog, history) =>
            keeper.use(async (client) =>
                recordCatalog(client, deployment, { catalog, history }, await homeSchema(client)),
            ),
        close: () => keeper.close(),
    };
}
