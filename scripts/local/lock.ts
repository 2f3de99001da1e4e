import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { startErrors } from "./errors";
import { commandLineOf } from "./processes";

/**
 * Takes the lock that keeps a second run from using the first one's database; returns a function that releases it. The
 * lock of a killed run is taken over.
 */
export function takeLock(path: string): () => void {
    for (;;) {
        try {
            writeFileSync(path, `${process.pid}\n`, { flag: "wx" });
            return () => rmSync(path, { force: true });
        } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        }
        const holder = holderOf(path);
        if (holder !== undefined) {
            throw new startErrors.AnotherRun({ holder });
        }
        rmSync(path, { force: true });
    }
}

function holderOf(path: string): number | undefined {
    let text: string;
    try {
        text = readFileSync(path, "utf8");
    } catch {
        return undefined;
    }
    const pid = Number.parseInt(text, 10);
    // The ID may belong to another program by now: only a Node.js process can be a run.
    return Number.isInteger(pid) && commandLineOf(pid)?.includes("node") ? pid : undefined;
}
