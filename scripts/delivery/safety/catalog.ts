import { Outputs } from "../../../components/contract";
import { shortened } from "../changesets";
import {
    type Difference,
    differences,
    everyDifference,
    type Fingerprint,
    type FingerprintOptions,
    incomparable,
    MalformedRecord,
    type RecordedCatalog,
    type RecordedDeployment,
    renderDifferences,
    type ServerVersions,
    withDifferences,
} from "../engines/fingerprint";
import type { Database } from "../engines/database";
import { messageOf } from "../errors";
import type { Settings } from "../settings";
import { type LockSession, serverPatienceMillis } from "../engines/session";
import type { HistoryRecord } from "../tracking";

/** The number of differences shown in an error; the report has all. */
const shownDifferences = 50;

/** The part of a deployment's or rollback's record that concerns the catalog. */
interface ComparedRun extends RecordedDeployment {
    status: "Succeeded" | "Failed";
    /** Digests of the catalog's fingerprint. */
    fingerprints: { before?: string; after?: string };
    /** After an undo: how the catalog differs from the one before the update. */
    differences: Difference[];
}

type ReadingPatience = Pick<FingerprintOptions, "lockTimeout">;

/**
 * How long a deployment waits for locked tables when it reads the catalog: as long as its changesets would. Reading
 * conflicts only with a lock that excludes readers, and only a session that requests one waits behind it.
 */
export function readingPatience({ guards }: Pick<Settings, "guards">): ReadingPatience {
    return guards === undefined ? {} : { lockTimeout: Math.max(1, guards.lockRetryBudgetSeconds) * 1000 };
}

/**
 * Stores the current catalog in the record and, after a success, in the database: what differs from it at the next plan
 * is drift. A failure here does not fail a completed deployment.
 */
export async function noteFingerprint(
    session: LockSession,
    deployment: ComparedRun,
    log: (line: string) => void,
): Promise<void> {
    try {
        await session.steadily(serverPatienceMillis, async () => {
            const catalog = await session.fingerprint();
            deployment.fingerprints.after = catalog.digest;
            if (deployment.status === "Succeeded") {
                await session.recordCatalog(deployment, catalog);
            }
        });
    } catch (error) {
        log(`Warning: the catalog is not recorded, and drift will not be detected: ${messageOf(error)}`);
    }
}

/** Stores the catalog that a release finds, so that undoing it later can be compared. A failure is only logged. */
export async function noteBefore(
    session: LockSession,
    { releaseId, digest }: RecordedDeployment,
    { before, history }: { before: Fingerprint; history: HistoryRecord[] },
    log: (line: string) => void,
): Promise<void> {
    try {
        await session.steadily(serverPatienceMillis, () =>
            session.recordCatalog({ releaseId, digest, action: "before" }, before, history),
        );
    } catch (error) {
        log(
            `Warning: the catalog is not recorded, so undoing ${releaseId} later cannot be compared: ${messageOf(error)}`,
        );
    }
}

/** The catalog that a release found. A record that was not written by this program is as good as none. */
export async function readBefore(
    database: Pick<Database, "catalogBefore">,
    release: string,
): Promise<RecordedCatalog | undefined> {
    try {
        return await database.catalogBefore(release);
    } catch (error) {
        if (error instanceof MalformedRecord) return undefined;
        throw error;
    }
}

interface Comparison {
    settings: Pick<Settings, "guards">;
    log: (line: string) => void;
    /** Whether views and functions get their earlier form back. Not while some of the changesets are still applied. */
    restores: boolean;
    /** The rows of the history that come back with these forms. */
    history: HistoryRecord[];
}

/**
 * Compares the catalog with the one before a release and records the differences. What an undo cannot bring back by itself,
 * the earlier form of a view or a function that a release replaced, is restored from that catalog first.
 */
export async function restoreAndCompare(
    before: Fingerprint,
    session: LockSession,
    deployment: ComparedRun,
    { settings, log, restores, history }: Comparison,
): Promise<void> {
    const { restored, lacking } = restores
        ? await session.steadily(serverPatienceMillis, () => session.restore(before, readingPatience(settings)))
        : { restored: [], lacking: [] };
    restored.forEach((object) => log(`  Restored the earlier form of ${object}.`));
    const after = await session.steadily(serverPatienceMillis, () => session.fingerprint(readingPatience(settings)));
    deployment.fingerprints.after = after.digest;
    deployment.differences = differences(before, after);
    // Without its row, a later undo would not know of the view that is there again, whatever else is not.
    if (restores && lacking.length === 0 && history.length > 0) {
        await session.steadily(serverPatienceMillis, () => session.restoreHistory(history));
    }
}

/**
 * Records what an incomplete undo left of its release: it is not drift, and what somebody changed by hand before the release
 * still is. `start` is the catalog before this run. A failure is only logged.
 */
export async function noteRemains(
    { log, engine }: { log: (line: string) => void; engine: ServerVersions },
    session: LockSession,
    { releaseId, digest }: Pick<ComparedRun, "releaseId" | "digest">,
    start: Fingerprint,
): Promise<void> {
    try {
        await session.steadily(serverPatienceMillis, async () => {
            const last = await session.look((database) => database.lastCatalog());
            const now = await session.fingerprint();
            if (last === undefined || incomparable(last.catalog, now, engine) !== undefined) return;
            await session.recordCatalog(
                { releaseId, digest, action: "left" },
                withDifferences(last.catalog, everyDifference(start, now)),
            );
        });
    } catch (error) {
        log(`Warning: what the undo left is not recorded, and the next plan reports it as drift: ${messageOf(error)}`);
    }
}

/** Describes what an undo did not restore. */
export function differencesReport(
    { differences: found }: Pick<ComparedRun, "differences">,
    than = "before the update",
): string[] {
    if (found.length === 0) return [];
    const lines = renderDifferences(found).map((line) => `  ${line}`);
    return [
        `The catalog is NOT as it was ${than} (+ is there now, - is gone, ~ changed):`,
        ...shortened(lines, Outputs.deploymentJson, shownDifferences),
    ];
}
