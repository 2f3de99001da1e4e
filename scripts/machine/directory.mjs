// Installed programs are in directories that are named by their pins, and appear atomically.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const cache = join(dirname(fileURLToPath(import.meta.url)), "../../node_modules/.cache/aurora-pipeline");
const manifests = ["package.json", "package-lock.json"];

/** The directory of the pinned files. */
export function directoryFor(kind, name, pins) {
    const key = pins.reduce((hash, file) => hash.update(readFileSync(file)), createHash("sha256")).digest("hex");
    return join(cache, kind, `${name}-${process.arch}-${key.slice(0, 16)}`);
}

/**
 * Fills a directory beside `directory` and gives it its name, unless `file` is in `directory` already. `fill` throws, or
 * leaves `file` there.
 */
export function fillOnce(directory, file, fill) {
    if (existsSync(join(directory, file))) {
        return;
    }
    const aside = `${directory}.${process.pid}`;
    rmSync(aside, { recursive: true, force: true });
    mkdirSync(aside, { recursive: true });
    try {
        fill(aside);
        renameSync(aside, directory);
    } catch (error) {
        rmSync(aside, { recursive: true, force: true });
        // Another process was faster.
        if (!existsSync(join(directory, file))) throw error;
    }
}

/** The files that pin what `installPackages` installs. */
export function packagePins(source) {
    return manifests.map((name) => join(source, name));
}

/** Installs what the lock file in `source` pins, and nothing else; whether npm could. */
export function installPackages(source, target) {
    for (const name of manifests) copyFileSync(join(source, name), join(target, name));
    const { status } = spawnSync("npm", ["ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error"], {
        cwd: target,
        stdio: ["ignore", "ignore", "inherit"],
        shell: process.platform === "win32",
    });
    return status === 0;
}
