import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/**
 * A directory's path in the repository that it belongs to, which is where a pull request shows its files; empty for the
 * repository itself, and outside of any repository, where files are named as in the directory.
 */
export function pathInRepository(directory: string): string {
    const from = resolve(directory);
    for (let root = from; ; root = dirname(root)) {
        // A file in a worktree.
        if (existsSync(join(root, ".git"))) {
            return relative(root, from).replaceAll("\\", "/");
        }
        if (root === dirname(root)) {
            return "";
        }
    }
}
