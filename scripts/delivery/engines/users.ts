import type { BootstrapSettings } from "../settings";
import type { TrackingTables } from "../tracking";
import type { ConnectionSettings } from "./database";

/** The database's users: the bootstrap creates them, and the plan that runs in parallel waits for that. */
export interface DatabaseUsers {
    /** Creates the users and everything that belongs to them, as the administrator, and repairs what differs. */
    make(settings: BootstrapSettings, tracking: TrackingTables, log: (line: string) => void): Promise<MadeUsers>;
    /** Records for the plan of the same execution how its bootstrap ended. */
    noteEnd(settings: BootstrapSettings, executionId: string, result: BootstrapResult): Promise<void>;
    /** How the last bootstraps ended, or why the server refuses a user that a bootstrap may repair. */
    ended(settings: ConnectionSettings): Promise<{ ended: EndedBootstrap[]; refusal?: string }>;
}

export interface MadeUsers {
    names: string[];
    /** What was done. */
    done: string[];
    /** What a person has to decide, with the statement. */
    left: string[];
    /** What stays as it is because it is someone else's, and how to take it over. */
    found: string[];
    /** Logs in as the users, as their builds will, and fails if their privileges are too few or too many. */
    prove: () => Promise<void>;
}

export type BootstrapResult = "succeeded" | "failed";

export interface EndedBootstrap {
    executionId: string;
    result: BootstrapResult;
    /** Seconds ago, by the server's clock. */
    age: number;
}
