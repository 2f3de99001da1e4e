import type { EngineCapabilities } from "../engine";

/** What MySQL can promise. */
export const capabilities: EngineCapabilities = {
    // Each DDL statement commits what is open, itself, and nothing with it.
    transactionalDdl: false,
    lockSampling: "None",
    lockModes: {
        exclusive: "EXCLUSIVE",
        names: Object.fromEntries(
            ["SHARED_READ", "SHARED_WRITE", "SHARED_UPGRADABLE", "SHARED_NO_WRITE", "EXCLUSIVE"].map((mode) => [
                mode,
                mode.replaceAll("_", " "),
            ]),
        ),
    },
    buildUsers: true,
    // `max_execution_time` ends SELECT only.
    statementTimeout: "Queries",
    interruptedChanges: "Recorded",
    statementEstimate: false,
    scripts: false,
    copies: [],
};
