import { defaultTimeZone, isOpen, opensAfter } from "../../../components/cronWindow";
import { planErrors } from "../errors";
import type { GuardSettings } from "../settings";

/**
 * Refuses a deployment outside its window. The pipeline waits for the window before it asks for an approval; the answer
 * may come after the window has closed.
 */
export function refuseOutsideWindow(guards: Partial<GuardSettings> | undefined, now = new Date()): void {
    const { deploymentWindow: cron, deploymentWindowTimeZone: timeZone = defaultTimeZone } = guards ?? {};
    if (cron === undefined || isOpen({ cron, timeZone }, now)) {
        return;
    }
    const opens = opensAfter({ cron, timeZone }, now);
    throw new planErrors.WindowClosed({
        now: now.toISOString(),
        window: `${cron} (${timeZone})`,
        opens: opens === undefined ? "" : `, which opens at ${opens.toISOString()}`,
    });
}
