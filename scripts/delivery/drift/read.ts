import type { Fingerprint } from "../catalog";
import { Database } from "../database/database";
import { deploymentsTable } from "../database/tracking";
import { messageOf } from "../errors";
import type { Settings } from "../input/settings";
import { driftSince } from "./compare";
import { MalformedRecord } from "./history";
import type { Drift } from "./model";

const insufficientPrivilege = "42501";
/** Errors of the server about what was asked, not about the connection: SQLSTATE classes of data, syntax and access. */
const aboutTheTable = /^(22|42|55|0A|P0)/;

/**
 * Compares a catalog with what the last deployment recorded; where that is not possible, it says why. `holdsLock`: the
 * lock is the caller's own, so nobody else is deploying.
 */
export async function readDrift(
    settings: Pick<Settings, "database" | "releaseId">,
    now: Fingerprint,
    { holdsLock = false }: { holdsLock?: boolean } = {},
): Promise<Drift> {
    try {
        return await Database.with(settings, async (database) => {
            const look = async (catalog: Fingerprint) => {
                const drift = driftSince(await database.lastCatalog(), catalog);
                return drift.result === "Found" && !holdsLock && (await database.isLocked()) ? running : drift;
            };
            const drift = await look(now);
            // A deployment that ended since the catalog was read has recorded another one.
            return drift.result === "Found" && !holdsLock ? await look(await database.fingerprint()) : drift;
        });
    } catch (error) {
        if (error instanceof MalformedRecord) {
            return unknown(error.message);
        }
        const { code = "" } = error as { code?: string };
        if (!aboutTheTable.test(code)) {
            throw error;
        }
        // A migration may have put something else in the table's place: the plan of its repair is not to fail for that.
        return unknown(
            code === insufficientPrivilege
                ? `${messageOf(error)}; grant ${settings.database.username} SELECT on it`
                : `the table ${deploymentsTable} cannot be read: ${messageOf(error)}`,
        );
    }
}

const running = unknown("a deployment is running, or died; what it changed so far is nobody's doing by hand");

function unknown(reason: string): Drift {
    return { result: "Unknown", differences: [], reason };
}
