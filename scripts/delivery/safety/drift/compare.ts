import {
    differences,
    type Fingerprint,
    incomparable,
    type RecordedCatalog,
    renderDifferences,
    type ServerVersions,
} from "../../engines/fingerprint";
import { count } from "../../changesets";
import type { Drift } from "./model";

const neverRecorded = "no deployment has recorded this database's catalog yet; drift is detected from the next one on";

/** The changes since the last deployment. */
export function driftSince(last: RecordedCatalog | undefined, now: Fingerprint, versions: ServerVersions): Drift {
    if (last === undefined) {
        return { result: "Unknown", differences: [], reason: neverRecorded };
    }
    const { releaseId, at, left, catalog } = last;
    const since = { releaseId, at, ...(left && { left }) };
    const reason = incomparable(catalog, now, versions);
    if (reason !== undefined) {
        return { result: "Unknown", since, differences: [], reason };
    }
    const found = differences(catalog, now);
    return { result: found.length > 0 ? "Found" : "None", since, differences: found };
}

/** A one-line summary. */
export function driftSummary({ result, since, differences, reason }: Drift): string {
    switch (result) {
        case "None":
            return since?.left
                ? `No drift: the catalog is as ${since.releaseId}, which could not be undone completely, left it.`
                : `No drift: the catalog is unchanged since ${since?.releaseId}.`;
        case "Unknown":
            return `Drift unknown: ${reason}.`;
        case "Found":
            return `Drift: ${count(differences.length, "object")} changed by hand since ${since?.releaseId}${since?.left ? ", which could not be undone completely" : ""} (${since?.at}).`;
    }
}

/** For the build's log: each object that was added, removed or changed. */
export function driftLines(drift: Drift): string[] {
    return [driftSummary(drift), ...renderDifferences(drift.differences).map((line) => `  ${line}`)];
}
