import { type Fingerprint, MalformedRecord } from "../../engines/fingerprint";
import type { Look } from "../../engines/database";
import { ErrorKind } from "../../engines/errors";
import { deploymentsTable, type TrackingTables } from "../../tracking";
import { messageOf } from "../../errors";
import type { Engine } from "../../engines/engine";
import type { Settings } from "../../settings";
import { driftSince } from "./compare";
import type { Drift } from "./model";

/** Server errors about the request, not about the connection. */
const aboutTheTable: (ErrorKind | undefined)[] = [
    ErrorKind.PermissionDenied,
    ErrorKind.LockNotAvailable,
    ErrorKind.Refused,
];

/** What drift detection needs. */
export interface DriftContext {
    settings: Pick<Settings, "database" | "releaseId">;
    engine: Engine;
    tracking: TrackingTables;
}

export interface DriftOptions {
    /** The caller holds the lock, so no other deployment is running. */
    holdsLock?: boolean;
    /** Default: a new connection. */
    look?: Look;
}

/** Compares the catalog with what the last deployment recorded; if that is not possible, returns the reason. */
export async function readDrift(
    { settings, engine, tracking }: DriftContext,
    now: Fingerprint,
    { holdsLock = false, look = (work) => engine.withDatabase(settings, tracking, work) }: DriftOptions = {},
): Promise<Drift> {
    try {
        return await look(async (database) => {
            const compare = async (catalog: Fingerprint) => {
                const drift = driftSince(await database.lastCatalog(), catalog, engine);
                return drift.result === "Found" && !holdsLock && (await database.isLocked()) ? running : drift;
            };
            const drift = await compare(now);
            // A deployment that ended after the catalog was read has recorded a newer one.
            return drift.result === "Found" && !holdsLock ? await compare(await database.fingerprint()) : drift;
        });
    } catch (error) {
        if (error instanceof MalformedRecord) {
            return unknown(error.message);
        }
        const kind = engine.errors.kindOf(error as { code?: unknown });
        if (!aboutTheTable.includes(kind)) {
            throw error;
        }
        // A migration may have replaced the table; the plan that repairs it must not fail because of that.
        return unknown(
            kind === ErrorKind.PermissionDenied
                ? `${messageOf(error)}; grant ${settings.database.username} SELECT on it`
                : `the table ${deploymentsTable} cannot be read: ${messageOf(error)}`,
        );
    }
}

const running = unknown(
    "a deployment is running or was interrupted, and its changes cannot be distinguished from manual ones",
);

function unknown(reason: string): Drift {
    return { result: "Unknown", differences: [], reason };
}
