import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { Cache } from "./cache";
import { runCommand } from "./command";
import { toolchainErrors } from "./errors";
import { LockedPackage } from "./packageLock";

/** The SQL linter for the build image: npm installs only the package for the current platform, so it is fetched. */
export const squawkPackage = "node_modules/@squawk-cli/linux-x64";

export function squawk(root: string, locked: LockedPackage, cache: Cache, log: (line: string) => void): Uint8Array {
    const installed = path.join(root, squawkPackage, "bin/squawk");
    if (fs.existsSync(installed)) {
        return fs.readFileSync(installed);
    }
    const { name, version } = locked;
    const directory = cache.directoryFor("squawk", locked.sha512, (target) => {
        log(`Fetching ${name} ${version} (npm)`);
        const failed = `${name} ${version} could not be fetched`;
        runCommand("npm", ["pack", `${name}@${version}`, "--pack-destination", target, "--silent"], {
            missing: "It comes with Node.js: install that again.",
            failed,
        });
        const [archive = ""] = fs.readdirSync(target);
        verifyTarball(path.join(target, archive), locked);
        runCommand("tar", ["-xzf", path.join(target, archive), "-C", target], { missing: "Install it.", failed });
    });
    return fs.readFileSync(path.join(directory, "package/bin/squawk"));
}

/** Verifies the tarball as `npm ci` does for the packages that it installs. */
export function verifyTarball(file: string, { name, version, sha512 }: LockedPackage): void {
    const found = crypto.createHash("sha512").update(fs.readFileSync(file)).digest("hex");
    if (found !== sha512) {
        throw new toolchainErrors.PackageReplaced({ name, version, pinned: sha512, found });
    }
}
