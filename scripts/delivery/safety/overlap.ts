import { options } from "../../../components/options";
import { type ChangesetName, keyOf } from "../changesets";
import type { Context } from "../context";
import { pollUntil } from "../retrying";

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
    const { deploymentWaitSeconds = options.deploymentWaitSeconds.default } = settings.overlap ?? {};
    let awaited: string | undefined;
    const policy = { everyMillis: pollMillis, withinMillis: deploymentWaitSeconds * 1000, signal };
    const changed = await pollUntil(policy, async () => {
        const { release, history } = await look();
        if (release === undefined) {
            // One that ended before this look may have ended after the plan had read what it did.
            const ran = new Set(history.map(keyOf));
            return awaited !== undefined || edited.some((changeset) => !ran.has(keyOf(changeset)));
        }
        if (awaited === undefined) {
            log(`The plan is refused while ${release} is being deployed. Waiting for it to end, then planning again.`);
        }
        awaited ??= release;
        return undefined;
    });
    if (changed === undefined) {
        log(
            `A release is still being deployed after ${deploymentWaitSeconds} s. The refusal stands; start the pipeline again when it has ended.`,
        );
    }
    return changed === true;
}
