import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/**
 * Hash over everything that an image is built from: names, modes and contents of the files in its context, the
 * Dockerfile's name, build arguments and triggers. Files that `.dockerignore` leaves out count too: Docker's own view of
 * the context then never changes without this hash, and so never pushes other bytes under a tag that exists.
 */
export function contentOfImage(
    context: string,
    settings: { dockerfile: string; buildArgs?: { [key: string]: string }; triggers?: string[] },
): string {
    const hash = createHash("sha256");
    const { dockerfile, buildArgs = {}, triggers = [] } = settings;
    const args = Object.entries(buildArgs).sort(([one], [other]) => (one < other ? -1 : 1));
    hash.update(`${JSON.stringify([path.normalize(dockerfile), args, triggers])}\n`);
    for (const file of filesIn(context)) {
        hash.update(`${JSON.stringify([file, ...kindOf(path.join(context, file))])}\n`);
    }
    return hash.digest("hex");
}

/** Paths of the files and links, sorted by code unit: the same on every machine. */
function filesIn(context: string, directory = ""): string[] {
    return fs
        .readdirSync(path.join(context, directory), { withFileTypes: true })
        .sort((one, other) => (one.name < other.name ? -1 : 1))
        .flatMap((entry) => {
            const file = path.posix.join(directory, entry.name);
            return entry.isDirectory() ? filesIn(context, file) : [file];
        });
}

function kindOf(file: string): string[] {
    const stat = fs.lstatSync(file);
    if (stat.isSymbolicLink()) {
        return ["link", fs.readlinkSync(file)];
    }
    const executable = (stat.mode & 0o111) !== 0;
    return [executable ? "program" : "file", createHash("sha256").update(fs.readFileSync(file)).digest("hex")];
}
