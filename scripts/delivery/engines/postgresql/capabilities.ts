import { RehearsalCopy } from "../../../../components/contract";
import type { EngineCapabilities } from "../engine";
import { tableLockModes } from "./locks/sample";

/** What PostgreSQL can promise. */
export const capabilities: EngineCapabilities = {
    transactionalDdl: true,
    lockSampling: "Interval",
    lockModes: tableLockModes,
    buildUsers: true,
    statementTimeout: "All",
    interruptedChanges: "Rebuilt",
    statementEstimate: false,
    scripts: true,
    copies: Object.values(RehearsalCopy),
};
