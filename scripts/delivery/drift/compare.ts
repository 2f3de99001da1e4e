import { differences, type Fingerprint, incomparable, renderDifferences } from "../catalog";
import { count } from "../changesets";
import type { Case } from "../report/junit";
import type { RecordedCatalog } from "./history";
import type { Drift } from "./model";

const neverRecorded =
    "no deployment has recorded this database's catalog yet; the next one does, and drift is told from then on";

/** What somebody changed since the last deployment. */
export function driftSince(last: RecordedCatalog | undefined, now: Fingerprint): Drift {
    if (last === undefined) {
        return { result: "Unknown", differences: [], reason: neverRecorded };
    }
    const { releaseId, at, catalog } = last;
    const since = { releaseId, at };
    const reason = incomparable(catalog, now);
    if (reason !== undefined) {
        return { result: "Unknown", since, differences: [], reason };
    }
    const found = differences(catalog, now);
    return { result: found.length > 0 ? "Found" : "None", since, differences: found };
}

/** In one line. */
export function driftSummary({ result, since, differences, reason }: Drift): string {
    switch (result) {
        case "None":
            return `No drift: the catalog is as ${since?.releaseId} left it.`;
        case "Unknown":
            return `Drift unknown: ${reason}.`;
        case "Found":
            return `Drift: ${count(differences.length, "object")} changed by hand since ${since?.releaseId} (${since?.at}).`;
    }
}

/** For the build's log: each object that was added, removed or changed. */
export function driftLines(drift: Drift): string[] {
    return [driftSummary(drift), ...renderDifferences(drift.differences).map((line) => `  ${line}`)];
}

/** A test case of the report: fails when `fails`. */
export function driftCase(drift: Drift, fails: boolean): Case {
    const text = driftLines(drift).join("\n");
    const common = { name: "drift", file: "database", seconds: 0 };
    if (drift.result === "None") {
        return common;
    }
    return drift.result === "Found" && fails ? { ...common, failure: text } : { ...common, skipped: text };
}
