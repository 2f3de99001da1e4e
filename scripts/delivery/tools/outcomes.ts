import { type ChangesetName, keyOf, nameOf } from "../changesets";
import type { ChangesetEvent, RunOutcome } from "./events";

/** A changeset that did not get its locks and was retried. */
export interface Retry extends ChangesetName {
    /** The server's code for it: of a lock timeout or a deadlock. */
    sqlState: string;
    /** Seconds before the next attempt. */
    waitedSeconds: number;
}

export interface ChangesetOutcome extends ChangesetName {
    status: RunOutcome | "Undone" | "Failed";
    seconds: number;
    message?: string;
}

/** The outcome of a changeset; undefined for an event that only announces. */
export function outcomeOf(event: ChangesetEvent): ChangesetOutcome | undefined {
    const common = { ...nameOf(event), seconds: (event.milliseconds ?? 0) / 1000 };
    switch (event.event) {
        case "ran":
            return { ...common, status: event.outcome ?? "Applied" };
        case "rolledBack":
            return { ...common, status: "Undone" };
        case "runFailed":
        case "rollbackFailed":
            return { ...common, status: "Failed", message: event.message };
        default:
            return undefined;
    }
}

export function lineOf({ status, seconds, ...changeset }: ChangesetOutcome): string {
    return `  ${status} ${keyOf(changeset)} (${seconds.toFixed(2)} s)`;
}
