import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import picomatch from "picomatch";
import { entriesBelow } from "../../delivery/files";
import type { FileSet } from "./buildSpec";

/** Copies the files that a build specification names; returns their number. */
export function copyFiles(source: string, set: FileSet, target: string): number {
    const base = resolve(source, set.baseDirectory);
    if (!existsSync(base)) return 0;
    // CodeBuild's patterns: `**/*` is everything, including names with a leading dot.
    const wanted = picomatch(set.files.map(withoutDot), { dot: true });
    const excluded = set.excludePaths.length > 0 ? picomatch(set.excludePaths, { dot: true }) : () => false;
    const files = filesIn(base).filter((file) => wanted(file) && !excluded(file));
    for (const file of files) {
        const to = join(target, set.discardPaths ? basename(file) : file);
        mkdirSync(dirname(to), { recursive: true });
        copyFileSync(join(base, file), to);
    }
    return files.length;
}

function filesIn(directory: string): string[] {
    return entriesBelow(directory).map((entry) =>
        relative(directory, join(entry.parentPath, entry.name)).split(sep).join("/"),
    );
}

function withoutDot(pattern: string): string {
    return pattern.replace(/^\.\//, "");
}
