import { driftLines } from "../safety/drift/compare";
import type { Drift } from "../safety/drift/model";
import type { Case } from "../outputs";

/** A test case of the report, which fails if `fails` is set. */
export function driftCase(drift: Drift, fails: boolean): Case {
    const text = driftLines(drift).join("\n");
    const common = { name: "drift", file: "database", seconds: 0 };
    if (drift.result === "None") {
        return common;
    }
    return drift.result === "Found" && fails ? { ...common, failure: text } : { ...common, skipped: text };
}
