import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { Zippable, zipSync } from "fflate";

/** A file of the archive. */
export interface ArchiveFile {
    /** Path in the archive. */
    name: string;
    content: Uint8Array;
    executable?: boolean;
}

const unix = 3;
const regularFile = 0o100000;
// Local time on purpose: the archive stores local clock fields, so every time zone writes the same bytes.
const epoch = new Date(1980, 0, 1);

/** The same files give the same bytes: sorted names, one timestamp, fixed modes. */
export function pack(files: ArchiveFile[]): Uint8Array {
    const entries: Zippable = {};
    for (const { name, content, executable } of [...files].sort((a, b) => (a.name < b.name ? -1 : 1))) {
        const mode = regularFile | (executable ? 0o755 : 0o644);
        // Jars are already compressed.
        const level = name.endsWith(".jar") ? 0 : 6;
        entries[name] = [content, { os: unix, attrs: (mode << 16) >>> 0, mtime: epoch, level }];
    }
    return zipSync(entries);
}

/** Writes the archive under a name derived from its content. */
export function writeArchive(directory: string, files: ArchiveFile[]): { name: string; sha256: string } {
    const bytes = pack(files);
    const sha256 = crypto.createHash("sha256").update(bytes).digest("hex");
    const name = `toolchain-${sha256.slice(0, 16)}.zip`;
    fs.mkdirSync(directory, { recursive: true });
    const aside = path.join(directory, `.${name}.${process.pid}`);
    fs.writeFileSync(aside, bytes);
    fs.renameSync(aside, path.join(directory, name));
    return { name, sha256 };
}
