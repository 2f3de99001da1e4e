import { Outputs as Layout } from "../../../components/contract";
import { Database } from "../database/database";
import { driftCase, driftLines } from "../drift/compare";
import type { Drift } from "../drift/model";
import { readDrift } from "../drift/read";
import { DeliveryError } from "../errors";
import type { LookSettings } from "../input/settings";
import type { Outputs } from "../report/outputs";

/**
 * The action `drift`, which a schedule starts: fails when somebody changed the catalog by hand since the last deployment,
 * for a failed build is what people are told of. It needs no source, no Liquibase, and writes nothing.
 */
export async function drift(settings: LookSettings, outputs: Outputs, log: (line: string) => void): Promise<void> {
    const { environmentName } = settings;
    const first = await look(settings);
    // A deployment may have ended between the two things that are compared: what is really there is there still.
    const found = first.result === "Found" ? await look(settings) : first;
    outputs.json(Layout.driftJson, { environment: environmentName, ...found });
    outputs.report([{ name: "drift", cases: [driftCase(found, true)] }]);
    driftLines(found).forEach(log);
    if (found.result === "Found") {
        throw new DeliveryError(
            `Somebody changed ${environmentName} by hand (above). Take it back, or put it into a changeset; the next deployment records what is there then.`,
        );
    }
}

async function look(settings: LookSettings): Promise<Drift> {
    const catalog = await Database.with(settings, (database) => database.fingerprint());
    return readDrift(settings, catalog);
}
