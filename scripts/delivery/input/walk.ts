import * as fs from "node:fs";
import * as path from "node:path";

/**
 * Everything below a directory except the directories themselves. A symbolic link is an entry of its own, wherever it
 * leads: Node's own recursive walk (`readdirSync` with `recursive` and `withFileTypes`) follows links since Node 22, out
 * of the directory and round in circles.
 */
export function entriesBelow(directory: string): fs.Dirent[] {
    return fs
        .readdirSync(directory, { withFileTypes: true })
        .flatMap((entry) => (entry.isDirectory() ? entriesBelow(path.join(directory, entry.name)) : [entry]));
}
