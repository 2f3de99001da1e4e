import type { Context } from "../context";
import { databaseErrors } from "../errors";
import { pollUntil } from "../retrying";

const pollMillis = 200;
/** How often a plan that waits says so. */
const reminderMillis = 30_000;
/** A failure that was noted longer before the plan began is that of an earlier attempt. */
const recentSeconds = 90;

/** Waits until the bootstrap of this execution has ended, where it runs beside the plan; fails if that failed. */
export async function waitForBootstrap({ settings, engine, log, signal }: Context): Promise<void> {
    const { bootstrapWaitSeconds, executionId } = settings;
    if (bootstrapWaitSeconds === undefined) {
        return;
    }
    let reminded: number | undefined;
    const look = async (waitedMillis: () => number): Promise<true | undefined> => {
        const { ended, refusal } = await engine.users.ended(settings);
        const own = ended.find((candidate) => candidate.executionId === executionId);
        const waited = waitedMillis() / 1000;
        if (own?.result === "succeeded") {
            if (reminded !== undefined) log(`The bootstrap has ended after ${waited.toFixed(1)} s.`);
            return true;
        }
        if (own !== undefined && own.age < waited + recentSeconds) {
            throw new databaseErrors.BootstrapFailed({});
        }
        if (waited >= bootstrapWaitSeconds) {
            throw new databaseErrors.BootstrapUnfinished({
                seconds: bootstrapWaitSeconds,
                reason: refusal === undefined ? "" : `\n${refusal}`,
            });
        }
        if (reminded === undefined || waitedMillis() - reminded >= reminderMillis) {
            reminded = waitedMillis();
            log(`Waiting for the bootstrap of this execution, at most ${bootstrapWaitSeconds} s.`);
        }
        return undefined;
    };
    await pollUntil({ everyMillis: pollMillis, signal }, look).catch((error: Error) => {
        throw error.name === "AbortError" ? new databaseErrors.BootstrapWaitStopped({}) : error;
    });
}
