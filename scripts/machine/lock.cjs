// A lock between processes. Plain JavaScript without dependencies, because scripts/setup.mjs takes it before anything is
// installed.
const fs = require("node:fs");
const path = require("node:path");

const pauseMillis = 200;

/** Does the work while no other process does; waits for one that does, takes over from a dead one. */
function withLock(file, onWait, work) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    for (let told = false; !tryLock(file);) {
        if (removeIfDead(file)) {
            continue;
        }
        if (!told) {
            onWait();
            told = true;
        }
        sleep(pauseMillis);
    }
    try {
        return work();
    } finally {
        fs.rmSync(file, { force: true });
    }
}

function tryLock(file) {
    const own = `${file}.${process.pid}`;
    fs.writeFileSync(own, String(process.pid));
    try {
        // A link appears with its content or not at all: a lock always has an owner.
        fs.linkSync(own, file);
        return true;
    } catch (error) {
        if (error.code !== "EEXIST") {
            throw error;
        }
        return false;
    } finally {
        fs.rmSync(own, { force: true });
    }
}

/**
 * Removes a lock whose owner died. It is moved aside first: one of several that wait gets it, and one that moved a lock
 * that was taken meanwhile puts it back.
 */
function removeIfDead(file) {
    const aside = `${file}.${process.pid}.dead`;
    try {
        const owner = fs.readFileSync(file, "utf8");
        if (isAlive(Number(owner))) {
            return false;
        }
        fs.renameSync(file, aside);
        if (fs.readFileSync(aside, "utf8") !== owner) {
            fs.linkSync(aside, file);
        }
        return true;
    } catch (error) {
        // ENOENT: the owner, or another one that waits, was faster. EEXIST: the lock has a new owner.
        if (error.code !== "ENOENT" && error.code !== "EEXIST") {
            throw error;
        }
        return true;
    } finally {
        fs.rmSync(aside, { force: true });
    }
}

function isAlive(pid) {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        // EPERM: another user's process.
        return error.code !== "ESRCH";
    }
}

function sleep(milliseconds) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

module.exports = { withLock };
