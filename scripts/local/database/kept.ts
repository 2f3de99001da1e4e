import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { give, serverAccount } from "./account";
import { dataDirectory } from "./server";

const defaultCache = resolve(__dirname, "../../../node_modules/.cache/aurora-pipeline/servers");

/**
 * Fills the directory of a server that lives no longer than its command: with a copy of what `create` has made once, for
 * the first command that needed a server of this version. Measured: copying takes a third of initdb's processor time.
 * All copies have the same administrator's password and certificate.
 */
export async function copyKept(
    home: string,
    version: string,
    create: (home: string) => Promise<void>,
    cache = defaultCache,
): Promise<void> {
    const kept = join(cache, version);
    if (!existsSync(kept)) await keep(kept, create);
    const data = dataDirectory(home, serverAccount());
    mkdirSync(data, { recursive: true, mode: 0o700 });
    give(serverAccount(), data);
    await copy(join(kept, "data"), data);
    await copy(join(kept, "home"), home);
}

/** Whole or not at all: another command may make the same one at the same time, and one of them stays. */
async function keep(kept: string, create: (home: string) => Promise<void>): Promise<void> {
    mkdirSync(resolve(kept, ".."), { recursive: true });
    const aside = mkdtempSync(`${kept}.`);
    const home = join(aside, "home");
    // Elsewhere, and a link to it, where the server's user cannot reach this directory.
    const data = dataDirectory(home, serverAccount());
    try {
        await create(home);
        await copy(data, join(aside, "data"));
        for (const path of [data, join(home, "data")]) rmSync(path, { recursive: true, force: true });
        renameSync(aside, kept);
    } catch (error) {
        if (!existsSync(kept)) throw error;
    } finally {
        for (const path of [data, aside]) rmSync(path, { recursive: true, force: true });
    }
}

/** With owners and modes, which the servers insist on. */
async function copy(from: string, to: string): Promise<void> {
    mkdirSync(to, { recursive: true, mode: 0o700 });
    await promisify(execFile)("cp", ["-a", ...readdirSync(from).map((name) => join(from, name)), to]);
}
