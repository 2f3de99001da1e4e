import type { ConnectionSettings } from "../../database";
import type { LockWatch } from "../../locks/figures";
import { type TrackingTables, uncountedTables } from "../../../tracking";
import { connect } from "../connection/connection";
import { Watch } from "./watch";

/** Watches the sessions of a release over a separate connection, until it is stopped. */
export async function watchLocks(settings: ConnectionSettings, tracking: TrackingTables): Promise<LockWatch> {
    const connection = await connect(settings, `${settings.releaseId}-watch`);
    try {
        const watch = await Watch.start(connection, settings.releaseId, uncountedTables(tracking));
        return {
            begin: () => watch.begin(),
            look: () => watch.look(),
            end: () => watch.end(),
            stop: async () => {
                watch.stop();
                await connection.end();
            },
        };
    } catch (error) {
        await connection.end();
        throw error;
    }
}
