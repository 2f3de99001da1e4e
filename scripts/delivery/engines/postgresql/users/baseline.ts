import type { ClientBase } from "pg";
import { type Fingerprint, fingerprintOf, incomparable, keyOf } from "../../fingerprint";
import { lastCatalog, recordCatalog } from "../catalog/recorded";
import { versions } from "../versions";
import { messageOf } from "../../../errors";

/**
 * Applies the bootstrap's own changes to the catalog that the last deployment recorded, so that repaired owners and
 * grants are not reported as drift; earlier drift remains drift. The record belongs to the owner role, so the session
 * must work as that role.
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
        if (last === undefined || incomparable(last.catalog, after, versions) !== undefined) {
            return;
        }
        const record = { releaseId: last.releaseId, action: "bootstrap", digest: "" } as const;
        await recordCatalog(client, record, { catalog: carryOver(last.catalog, before, after) }, schema);
    } catch (error) {
        log(`Warning: the catalog is not recorded, these changes will be reported as drift: ${messageOf(error)}`);
    }
}

/** The recorded catalog plus the changes between the two others. */
export function carryOver(recorded: Fingerprint, before: Fingerprint, after: Fingerprint): Fingerprint {
    const [entries, old, now] = [recorded, before, after].map(
        (fingerprint) => new Map(fingerprint.entries.map((entry) => [keyOf(entry), entry])),
    ) as [Entries, Entries, Entries];
    for (const key of new Set([...old.keys(), ...now.keys()])) {
        const [was, is] = [old.get(key), now.get(key)];
        // An object that had drifted before still differs from what the deployment left.
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
