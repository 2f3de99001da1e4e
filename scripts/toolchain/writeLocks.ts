import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { toolchainErrors } from "./errors";
import { writeLock } from "./jarLock";
import { jarsBelow } from "./jars";
import { copyDependencies } from "./maven";
import { reportOf } from "../local/errors";

const root = path.resolve(__dirname, "../..");

/** Resolves the jars of a `pom.xml` and pins them; returns the lock file. */
export function lockJars(pom: string): string {
    if (!fs.existsSync(pom)) {
        throw new toolchainErrors.PomMissing({ pom });
    }
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "jars-"));
    try {
        copyDependencies(pom, directory);
        return writeLock(pom, jarsBelow(directory));
    } finally {
        fs.rmSync(directory, { recursive: true });
    }
}

/** Directories of the project whose jars are pinned. */
function pinnedDirectories(): string[] {
    const examples = path.join(root, "examples");
    return [
        path.join(root, "migrations"),
        path.join(root, "scripts/toolchain"),
        ...fs
            .readdirSync(examples)
            .map((name) => path.join(examples, name))
            .filter((directory) => fs.existsSync(path.join(directory, "pom.xml"))),
    ];
}

// `npm run lock` pins the project's jars again; `npm run lock -- DIRECTORY` those of another directory's pom.xml.
if (require.main === module) {
    try {
        const given = process.argv.slice(2);
        for (const directory of given.length > 0 ? given : pinnedDirectories()) {
            console.log(`Wrote ${lockJars(path.resolve(directory, "pom.xml"))}`);
        }
    } catch (error) {
        console.error(reportOf(error));
        process.exitCode = 1;
    }
}
