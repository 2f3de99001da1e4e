import type { ClientBase } from "pg";
import { type Fingerprint, fingerprintOf, incomparable, keyOf, readFingerprint } from "../catalog";
import { lastCatalog, recordCatalog } from "../drift/history";
import { messageOf } from "../errors";

/**
 * Does the work, and carries what it changed over to the catalog that the last deployment recorded: owners and grants
 * that the bootstrap puts right are nobody's drift, and what was drift before stays it.
 */
export async function keepingBaseline<T>(
    client: Pick<ClientBase, "query">,
    log: (line: string) => void,
    work: () => Promise<T>,
): Promise<T> {
    const last = await lastCatalog(client);
    if (last === undefined) {
        return work();
    }
    const before = await readFingerprint(client);
    const result = await work();
    try {
        const after = await readFingerprint(client);
        if (incomparable(last.catalog, after) === undefined) {
            const record = { releaseId: last.releaseId, action: "bootstrap", digest: "" } as const;
            await recordCatalog(client, record, carryOver(last.catalog, before, after));
        }
    } catch (error) {
        log(`Warning: the catalog is not recorded, these changes will be told as drift: ${messageOf(error)}`);
    }
    return result;
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
