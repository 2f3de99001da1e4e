import type { ClientBase } from "pg";
import { type Fingerprint, fingerprintOf, incomparable, keyOf } from "../catalog";
import { lastCatalog, recordCatalog } from "../drift/history";
import { messageOf } from "../errors";

/**
 * Carries what the bootstrap changed over to the catalog that the last deployment recorded: owners and grants that it puts
 * right are nobody's drift, and what was drift before stays it. The record is the owner's, so the session has to be too.
 */
export async function carryOverBaseline(
    client: Pick<ClientBase, "query">,
    schema: string,
    before: Fingerprint,
    after: Fingerprint,
    log: (line: string) => void,
): Promise<void> {
    try {
        const last = await lastCatalog(client, schema);
        if (last === undefined || incomparable(last.catalog, after) !== undefined) {
            return;
        }
        const record = { releaseId: last.releaseId, action: "bootstrap", digest: "" } as const;
        await recordCatalog(client, record, carryOver(last.catalog, before, after), schema);
    } catch (error) {
        log(`Warning: the catalog is not recorded, these changes will be reported as drift: ${messageOf(error)}`);
    }
}

/** The recorded catalog with what changed between the two others. */
export function carryOver(recorded: Fingerprint, before: Fingerprint, after: Fingerprint): Fingerprint {
    const [entries, old, now] = [recorded, before, after].map(
        (fingerprint) => new Map(fingerprint.entries.map((entry) => [keyOf(entry), entry])),
    ) as [Entries, Entries, Entries];
    for (const key of new Set([...old.keys(), ...now.keys()])) {
        const [was, is] = [old.get(key), now.get(key)];
        // Where somebody had changed it before, it is still not as the deployment left it.
        const drifted = entries.get(key)?.definition !== was?.definition;
        if (was?.definition === is?.definition || drifted) {
            continue;
        }
        if (is === undefined) {
            entries.delete(key);
        } else {
            entries.set(key, is);
        }
    }
    return fingerprintOf(entries.values(), recorded.server);
}

type Entries = Map<string, Fingerprint["entries"][number]>;
