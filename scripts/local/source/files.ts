import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { entriesBelow } from "../../delivery/files";

/** All files below a directory, by relative path. A symbolic link counts as a file, wherever it leads. */
export function filesIn(directory: string): string[] {
    return entriesBelow(directory)
        .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
        .sort();
}

/** A hash over the names and contents of files. */
export function hashOf(directory: string, files: readonly string[]): string {
    const hash = createHash("sha256");
    for (const file of files) {
        const path = join(directory, file);
        const content = lstatSync(path).isSymbolicLink() ? Buffer.from(readlinkSync(path)) : readFileSync(path);
        hash.update(`${file}\0${content.length}\0`).update(content);
    }
    return hash.digest("hex");
}

export function copyFilesTo(directory: string, files: readonly string[], target: string): void {
    for (const file of files) {
        const [from, to] = [join(directory, file), join(target, file)];
        mkdirSync(dirname(to), { recursive: true });
        if (lstatSync(from).isSymbolicLink()) symlinkSync(readlinkSync(from), to);
        else copyFileSync(from, to);
    }
}

/** A source action's archive carries no permissions: in AWS, too, scripts lose their executable bit. */
export function stripPermissions(directory: string): void {
    for (const file of filesIn(directory)) {
        const path = join(directory, file);
        if (lstatSync(path).isFile()) chmodSync(path, 0o644);
    }
}
