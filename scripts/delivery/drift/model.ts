import type { Difference } from "../catalog";

/** What of the catalog is not as the last deployment left it. */
export interface Drift {
    /** `Unknown`: there is nothing to compare with, or nothing comparable; `reason` says why. */
    result: "None" | "Found" | "Unknown";
    /** The deployment that is compared with. */
    since?: { releaseId: string; at: string };
    differences: Difference[];
    reason?: string;
}
