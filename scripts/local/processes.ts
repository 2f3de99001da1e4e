import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { pollUntil } from "../delivery/retrying";

/**
 * The command line of a running process; undefined if there is none with this ID. A zombie process has an empty one,
 * and counts as ended.
 */
export function commandLineOf(pid: number): string | undefined {
    if (existsSync("/proc/self/cmdline")) {
        try {
            return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim() || undefined;
        } catch {
            return undefined;
        }
    }
    try {
        return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;
    } catch {
        return undefined;
    }
}

/** Sends a signal; false if there is no such process. A negative ID means the process group. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
    try {
        return process.kill(pid, signal);
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
        throw error;
    }
}

/** Waits until a condition holds; false if it does not within the time. */
export async function until(condition: () => boolean, milliseconds: number, interval = 20): Promise<boolean> {
    const look = () => Promise.resolve(condition() || undefined);
    return (await pollUntil({ everyMillis: interval, withinMillis: milliseconds }, look)) === true;
}
