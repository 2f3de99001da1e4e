import { setTimeout as sleep } from "node:timers/promises";
import { options } from "../../../components/options";
import { type ChangesetName, keyOf } from "../changesets";
import type { Context } from "../context";

const pollMillis = 1000;

/**
 * Executions overlap: while a release is deployed, the next one is planned. What a plan is refused for may be gone when
 * that release has ended: an edited changeset that fails there and is undone, a tag that it is about to set, or what is
 * drift until it has recorded the catalog. Waits until no release is being deployed; returns whether the database has
 * changed since the refusal, so that the plan is worth making again. `edited`: the applied changesets that it is refused
 * for.
 */
export async function afterOverlap(
    { settings, engine, tool, log, signal }: Context,
    edited: readonly ChangesetName[],
): Promise<boolean> {
    const look = () =>
        engine.withDatabase(settings, tool.tracking, async (database) => {
            const release = await database.deploying();
            // A lock that says this plan's own release is left from an earlier attempt.
            return {
                release: release === settings.releaseId ? undefined : release,
                history: await database.history(),
            };
        });
    const first = await look();
    if (first.release === undefined) {
        // It may have ended after the plan had read what it did.
        const ran = new Set(first.history.map(keyOf));
        return edited.some((changeset) => !ran.has(keyOf(changeset)));
    }
    log(`The plan is refused while ${first.release} is being deployed. Waiting for it to end, then planning again.`);
    const { deploymentWaitSeconds = options.deploymentWaitSeconds.default } = settings.overlap ?? {};
    const patienceMillis = deploymentWaitSeconds * 1000;
    const started = Date.now();
    while (Date.now() - started < patienceMillis) {
        await sleep(pollMillis, undefined, { signal });
        const { release } = await look();
        if (release === undefined) return true;
    }
    log(
        `A release is still being deployed after ${patienceMillis / 1000} s. The refusal stands; start the pipeline again when it has ended.`,
    );
    return false;
}
