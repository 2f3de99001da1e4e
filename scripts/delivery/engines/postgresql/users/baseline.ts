import type { ClientBase } from "pg";
import { carryOver, type Fingerprint, incomparable } from "../../fingerprint";
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
