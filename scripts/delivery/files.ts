import * as fs from "node:fs";
import * as path from "node:path";
import { inputErrors, messageOf } from "./errors";

/** Reads something; what keeps it from being read is the input's fault. */
export function readable<T>(file: string, read: () => T): T {
    try {
        return read();
    } catch (error) {
        throw new inputErrors.FileUnreadable({ file, reason: messageOf(error) });
    }
}

/** The files of one kind in a folder, in the order of their names; none where there is no such folder. */
export function filesIn(directory: string, folder: string, extension: string): string[] {
    const full = path.join(directory, folder);
    if (!fs.existsSync(full)) {
        return [];
    }
    return readable(full, () => fs.readdirSync(full))
        .filter((name) => name.endsWith(extension))
        .sort()
        .map((name) => path.join(full, name));
}

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
