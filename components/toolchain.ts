import * as fs from "node:fs";
import * as path from "node:path";

/** Where `npm run toolchain` writes the archive, and where the published package contains it. */
const directory = path.join(__dirname, "toolchain");

/**
 * Path of the toolchain archive in the package, according to the manifest beside it; undefined if it has not been
 * built.
 */
export function packagedToolchain(from: string = directory): string | undefined {
    const description = path.join(from, "toolchain.json");
    if (!fs.existsSync(description)) {
        return undefined;
    }
    const { archive } = JSON.parse(fs.readFileSync(description, "utf8")) as { archive: string };
    return path.join(from, path.basename(archive));
}
