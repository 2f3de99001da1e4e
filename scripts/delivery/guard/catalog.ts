import { differences, type Fingerprint, type FingerprintOptions, readFingerprint, renderDifferences } from "../catalog";
import { homeSchema } from "../database/searchPath";
import { recordCatalog } from "../drift/history";
import { messageOf } from "../errors";
import type { Settings } from "../input/settings";
import type { Deployment } from "../report/deployment";
import { type Keeper, serverPatienceMillis } from "./keeper";

/** Lines about differences in an error; all of them are in the report. */
const shownDifferences = 50;

/**
 * How long a deployment waits to read what somebody else has locked: as long as its changesets would. Reading waits for
 * nothing but ACCESS EXCLUSIVE, and nobody but who wants that waits behind it.
 */
export function readingPatience({ guards }: Pick<Settings, "guards">): FingerprintOptions {
    return guards === undefined ? {} : { lockTimeout: Math.max(1, guards.lockRetryBudgetSeconds) * 1000 };
}

export async function takeFingerprint(keeper: Keeper, options?: FingerprintOptions): Promise<Fingerprint> {
    return keeper.use((client) => readFingerprint(client, options));
}

/**
 * Writes what the catalog is now into the record and, if all went well, into the database: what is otherwise there at
 * the next plan, somebody changed by hand. A deployment that is done does not fail for it.
 */
export async function noteFingerprint(
    keeper: Keeper,
    deployment: Deployment,
    log: (line: string) => void,
): Promise<void> {
    try {
        await keeper.steadily(serverPatienceMillis, async () => {
            const catalog = await takeFingerprint(keeper);
            deployment.fingerprints.after = catalog.digest;
            if (deployment.status === "Succeeded") {
                await keeper.use(async (client) =>
                    recordCatalog(client, deployment, catalog, await homeSchema(client)),
                );
            }
        });
    } catch (error) {
        log(`Warning: the catalog is not recorded, drift will not be told: ${messageOf(error)}`);
    }
}

/** Compares the catalog with the one before; writes into the record what differs. */
export async function compareWith(
    before: Fingerprint,
    keeper: Keeper,
    deployment: Deployment,
    options?: FingerprintOptions,
): Promise<void> {
    const after = await takeFingerprint(keeper, options);
    deployment.fingerprints.after = after.digest;
    deployment.differences = differences(before, after);
}

/** What an undo did not bring back, in words. */
export function differencesReport({ differences: found }: Deployment): string[] {
    if (found.length === 0) return [];
    const lines = renderDifferences(found);
    const more = lines.length - shownDifferences;
    return [
        "The catalog is NOT as it was before the update (+ is there now, - is gone, ~ changed):",
        ...lines.slice(0, shownDifferences).map((line) => `  ${line}`),
        ...(more > 0 ? [`  … and ${more} more, in deployment.json`] : []),
    ];
}
