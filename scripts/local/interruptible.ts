import { Log } from "../delivery/report/log";
import { reportOf } from "./errors";

/**
 * Runs a command that a signal of the terminal may interrupt, and returns its exit status: 130 if it was interrupted,
 * `failed` if it threw, of which the log then has the report.
 */
export async function interruptible(failed: number, work: (signal: AbortSignal) => Promise<number>): Promise<number> {
    const controller = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => controller.abort());
    try {
        return await work(controller.signal);
    } catch (error) {
        if (controller.signal.aborted) {
            new Log().failure("Interrupted.");
            return 130;
        }
        new Log().failure(reportOf(error));
        return failed;
    }
}
