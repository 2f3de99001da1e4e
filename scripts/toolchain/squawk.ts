import * as fs from "node:fs";
import * as path from "node:path";
import { Cache } from "./cache";
import { runCommand } from "./command";

const platformPackage = "@squawk-cli/linux-x64";

/** The SQL linter for the build image; npm installs only the one for the machine it runs on, the others are fetched. */
export function squawk(root: string, cache: Cache, log: (line: string) => void): Uint8Array {
    const installed = path.join(root, "node_modules", platformPackage, "bin/squawk");
    if (fs.existsSync(installed)) {
        return fs.readFileSync(installed);
    }
    const { version } = JSON.parse(
        fs.readFileSync(path.join(root, "node_modules/squawk-cli/package.json"), "utf8"),
    ) as { version: string };
    const directory = cache.directoryFor("squawk", version, (target) => {
        log(`Fetching ${platformPackage} ${version} (npm)`);
        const failed = `${platformPackage} ${version} could not be fetched`;
        runCommand("npm", ["pack", `${platformPackage}@${version}`, "--pack-destination", target, "--silent"], {
            missing: "npm is missing: it comes with Node.js.",
            failed,
        });
        const [archive = ""] = fs.readdirSync(target);
        runCommand("tar", ["-xzf", path.join(target, archive), "-C", target], { missing: "tar is missing.", failed });
    });
    return fs.readFileSync(path.join(directory, "package/bin/squawk"));
}
