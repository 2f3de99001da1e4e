import * as crypto from "node:crypto";
import * as path from "node:path";

export function sha256(text: string): string {
    return crypto.createHash("sha256").update(text).digest("hex");
}

/** Groups files by the folder that is `levels` above them, with a slash at its end, or empty. */
export function byFolder(paths: readonly string[], pattern: RegExp, levels = 1): Map<string, string[]> {
    const found = new Map<string, string[]>();
    for (const file of paths) {
        const name = file.split("/").slice(-levels).join("/");
        if (!pattern.test(name) || reserved.test(file)) continue;
        const folder = file.slice(0, file.length - name.length);
        found.set(folder, [...(found.get(folder) ?? []), file]);
    }
    return found;
}

/** What the pipeline itself reads, and what belongs to no migration. */
const reserved = /(^|\/)(verify|node_modules)\//;

/** A file of a folder, without its directory. */
export function isInFolder(file: string): boolean {
    return path.posix.dirname(file) === ".";
}

/** Sentences about ids that several files have. */
export function duplicates(ids: readonly string[], what: (id: string) => string): string[] {
    return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))].map(what);
}
