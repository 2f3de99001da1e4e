import type { Fingerprint } from "../catalog";
import { Database } from "../database/database";
import { messageOf } from "../errors";
import type { Settings } from "../input/settings";
import { driftSince } from "./compare";
import type { Drift } from "./model";

const insufficientPrivilege = "42501";

/** Compares a catalog with what the last deployment recorded; where that is not possible, it says why. */
export async function readDrift(settings: Pick<Settings, "database" | "releaseId">, now: Fingerprint): Promise<Drift> {
    try {
        return await Database.with(settings, async (database) => {
            const drift = driftSince(await database.lastCatalog(), now);
            return drift.result === "Found" && (await database.isLocked())
                ? unknown("a deployment is running, or died; what it changed so far is nobody's doing by hand")
                : drift;
        });
    } catch (error) {
        if ((error as { code?: string }).code !== insufficientPrivilege) {
            throw error;
        }
        return unknown(`${messageOf(error)}; grant ${settings.database.username} SELECT on it`);
    }
}

function unknown(reason: string): Drift {
    return { result: "Unknown", differences: [], reason };
}
