import * as fs from "node:fs";
import * as path from "node:path";

const pauseMillis = 200;

/** Does the work while no other process does; waits for one that does, takes over from one that died. */
export function withLock<T>(file: string, log: (line: string) => void, work: () => T): T {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    for (let told = false; !tryLock(file); told = true) {
        if (removeIfDead(file)) {
            continue;
        }
        if (!told) {
            log("Another build of the toolchain runs; waiting for it");
        }
        sleep(pauseMillis);
    }
    try {
        return work();
    } finally {
        fs.rmSync(file, { force: true });
    }
}

function tryLock(file: string): boolean {
    const own = `${file}.${process.pid}`;
    fs.writeFileSync(own, String(process.pid));
    try {
        // A link appears with its content or not at all: nobody reads a lock without an owner.
        fs.linkSync(own, file);
        return true;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
            throw error;
        }
        return false;
    } finally {
        fs.rmSync(own, { force: true });
    }
}

/**
 * Removes a lock whose owner died. Two waiting processes may both do so, and then both build: that costs time, not
 * the archive, which appears by a rename and is the same from both.
 */
function removeIfDead(file: string): boolean {
    try {
        process.kill(Number(fs.readFileSync(file, "utf8")), 0);
        return false;
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "ESRCH") {
            fs.rmSync(file, { force: true });
        }
        return code === "ESRCH" || code === "ENOENT";
    }
}

function sleep(milliseconds: number): void {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
