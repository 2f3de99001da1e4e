import { Outputs as Layout } from "../../../components/contract";
import { shortened } from "../changesets";
import type { Engine } from "../engines/engine";
import { driftCase } from "../report/drift";
import { driftLines } from "../safety/drift/compare";
import type { Drift } from "../safety/drift/model";
import { type DriftContext, readDrift } from "../safety/drift/read";
import { databaseErrors } from "../errors";
import type { LookSettings } from "../settings";
import type { Outputs } from "../report/outputs";
import type { TrackingTables } from "../tracking";

/**
 * The action `drift`, started by a schedule: fails if the catalog was changed outside the pipeline since the last
 * deployment. Failed builds are what notifications are sent for. It needs neither source nor migration tool and writes
 * nothing.
 */
export async function drift(
    settings: LookSettings,
    engine: Engine,
    tracking: TrackingTables,
    outputs: Outputs,
    log: (line: string) => void,
): Promise<void> {
    const { environmentName } = settings;
    const first = await look({ settings, engine, tracking });
    // A deployment may have ended between the two reads. Real drift is still there on a second look.
    const found = first.result === "Found" ? await look({ settings, engine, tracking }) : first;
    outputs.json(Layout.driftJson, { environment: environmentName, ...found });
    outputs.report([{ name: "drift", cases: [driftCase(found, true)] }]);
    shortened(driftLines(found), Layout.driftJson).forEach((line) => log(line));
    if (found.result === "Found") {
        throw new databaseErrors.DatabaseDrifted({ environment: environmentName });
    }
}

async function look(context: DriftContext): Promise<Drift> {
    const { settings, engine, tracking } = context;
    const catalog = await engine.withDatabase(settings, tracking, (database) => database.fingerprint());
    return readDrift(context, catalog);
}
