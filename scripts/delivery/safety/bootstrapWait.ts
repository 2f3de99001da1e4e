import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../context";
import { databaseErrors } from "../errors";

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
    const started = Date.now();
    let reminded = 0;
    for (;;) {
        const { ended, refusal } = await engine.users.ended(settings);
        const own = ended.find((candidate) => candidate.executionId === executionId);
        const waited = (Date.now() - started) / 1000;
        if (own?.result === "succeeded") {
            if (reminded > 0) log(`The bootstrap has ended after ${waited.toFixed(1)} s.`);
            return;
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
        if (Date.now() - reminded >= reminderMillis) {
            reminded = Date.now();
            log(`Waiting for the bootstrap of this execution, at most ${bootstrapWaitSeconds} s.`);
        }
        await sleep(pollMillis, undefined, { signal }).catch(() => {
            throw new databaseErrors.BootstrapWaitStopped({});
        });
    }
}
