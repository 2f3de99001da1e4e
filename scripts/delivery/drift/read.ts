import type { Fingerprint } from "../catalog";
import { Database } from "../database/database";
import { deploymentsTable } from "../database/tracking";
import { messageOf } from "../errors";
import type { Settings } from "../input/settings";
import { driftSince } from "./compare";
import type { Drift } from "./model";

const insufficientPrivilege = "42501";
/** Errors of the server about what was asked, not about the connection: SQLSTATE classes of data, syntax and access. */
const aboutTheTable = /^(22|42|55|0A|P0)/;

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

function unknown(reason: string): Drift {
    return { result: "Unknown", differences: [], reason };
}
