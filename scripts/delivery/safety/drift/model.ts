import type { Difference } from "../../engines/fingerprint";

/** How the catalog differs from what the last deployment left. */
export interface Drift {
    /** `Unknown`: there is nothing comparable; `reason` says why. */
    result: "None" | "Found" | "Unknown";
    /** The deployment that the catalog is compared with. */
    since?: {
        releaseId: string;
        at: string;
        /** It could not be undone completely: what it left is not drift. */
        left?: true;
    };
    differences: Difference[];
    reason?: string;
}
