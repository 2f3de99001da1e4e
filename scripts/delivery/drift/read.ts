import type { Fingerprint } from "../catalog";
import { Database } from "../database/database";
import { messageOf } from "../errors";
import type { Settings } from "../input/settings";
import { driftSince } from "./compare";
import type { Drift } from "./model";

const insufficientPrivilege = "42501";

/** Compares a catalog with what the last deployment recorded; a reader who may not see that is told so. */
export async function readDrift(settings: Settings, now: Fingerprint): Promise<Drift> {
    try {
        return driftSince(await Database.with(settings, (database) => database.lastCatalog()), now);
    } catch (error) {
        if ((error as { code?: string }).code !== insufficientPrivilege) {
            throw error;
        }
        return {
            result: "Unknown",
            differences: [],
            reason: `${messageOf(error)}; grant ${settings.database.username} SELECT on it`,
        };
    }
}
