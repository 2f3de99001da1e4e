import * as v from "valibot";
import type { Fingerprint } from "./fingerprint";
import { InternalError } from "../../errors";

/** The catalog as a deployment left it. */
export interface RecordedCatalog {
    releaseId: string;
    at: string;
    /** An incomplete undo of the release left it like this. */
    left?: true;
    catalog: Fingerprint;
}

/** What is stored with a catalog. */
export interface RecordedDeployment {
    releaseId: string;
    /**
     * `before`: the catalog as the deployment found it. `left`: as an incomplete undo left it, without what was changed by
     * hand.
     */
    action: "deploy" | "rollback" | "bootstrap" | "before" | "left";
    /** Digest of the plan; empty if there was none. */
    digest: string;
}

/** The last record was not written by this program; the message says why. */
export class MalformedRecord extends InternalError {}

const recorded = v.object({
    format: v.number(),
    server: v.number(),
    digest: v.string(),
    entries: v.array(
        v.object({ kind: v.string(), name: v.string(), definition: v.string(), of: v.optional(v.string()) }),
    ),
});

/** The catalog in a record. A migration can write anything there: what is none is given to `refuse`, with the reason. */
export function catalogIn(record: unknown, refuse: (why: string) => MalformedRecord): Fingerprint {
    const { success, output, issues } = v.safeParse(recorded, record);
    if (!success) {
        const [issue] = issues;
        throw refuse(
            `is not a catalog written by this program (${v.getDotPath(issue) ?? "as a whole"}: expected ${issue.expected})`,
        );
    }
    return output;
}
