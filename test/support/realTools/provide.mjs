// The migration tools that tests compare with: prints the directory with their node_modules. From npm, by the lock file in
// this directory.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { directoryFor, fillOnce, installPackages, packagePins } from "../../../scripts/machine/directory.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const complete = "node_modules/drizzle-orm/package.json";
const directory = directoryFor("real-tools", "npm", packagePins(here));
fillOnce(directory, complete, (target) => {
    if (!installPackages(here, target) || !existsSync(join(target, complete))) {
        throw new Error("The migration tools cannot be installed.");
    }
});
console.log(directory);
