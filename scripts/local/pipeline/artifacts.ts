import { chmodSync, cpSync, existsSync, linkSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { unzipSync } from "fflate";
import { UserError } from "../errors";

/** The artifacts of one execution, by name: a directory, or a zip file that a source delivered as it was. */
export class ArtifactStore {
    /** What was read of archives: each build unpacks the toolchain, and decompressing it takes longest. */
    private readonly contents = new Map<string, Entry[]>();

    constructor(private readonly root: string) {
        mkdirSync(root, { recursive: true });
    }

    /** An empty directory that becomes the artifact. */
    create(name: string): string {
        const path = join(this.root, name);
        mkdirSync(path, { recursive: true });
        return path;
    }

    /** Takes a zip file as the artifact. */
    addArchive(name: string, file: string): void {
        const path = this.archive(name);
        try {
            // A link keeps the bytes even if the file is replaced later, and costs nothing.
            linkSync(file, path);
        } catch {
            copyFileSync(file, path);
        }
    }

    /** Unpacks an artifact to a directory of the caller's own, which it may change. */
    unpack(name: string, target: string): void {
        mkdirSync(target, { recursive: true });
        const archive = this.archive(name);
        if (existsSync(archive)) {
            const entries = this.contents.get(archive) ?? readArchive(archive);
            this.contents.set(archive, entries);
            return extract(archive, entries, target);
        }
        if (!existsSync(this.directory(name))) {
            throw new UserError(`The artifact "${name}" does not exist: no action before has delivered it.`);
        }
        cpSync(this.directory(name), target, { recursive: true, verbatimSymlinks: true });
    }

    /** A file in an artifact that a build delivered; undefined when there is none. */
    read(name: string, file: string): string | undefined {
        const path = join(this.directory(name), file);
        return existsSync(path) ? readFileSync(path, "utf8") : undefined;
    }

    directory(name: string): string {
        return join(this.root, name);
    }

    private archive(name: string): string {
        return join(this.root, `${name}.zip`);
    }
}

interface Entry {
    name: string;
    content: Uint8Array;
    /** Unix permissions; undefined where the archive has none. */
    mode?: number;
}

function readArchive(archive: string): Entry[] {
    const bytes = readFileSync(archive);
    const modes = fileModes(bytes);
    return Object.entries(unzipSync(bytes)).map(([name, content]) => ({ name, content, mode: modes.get(name) }));
}

function extract(archive: string, entries: readonly Entry[], target: string): void {
    for (const { name, content, mode } of entries) {
        const path = join(target, normalize(name));
        if (!path.startsWith(target))
            throw new UserError(`${archive} holds the path "${name}", which leads out of it.`);
        if (name.endsWith("/")) {
            mkdirSync(path, { recursive: true });
            continue;
        }
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, content);
        if (mode) chmodSync(path, mode);
    }
}

/** Unix permissions from the archive's central directory, which fflate does not tell. */
function fileModes(bytes: Buffer): Map<string, number> {
    const modes = new Map<string, number>();
    const end = bytes.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
    if (end < 0) return modes;
    let offset = bytes.readUInt32LE(end + 16);
    for (let count = bytes.readUInt16LE(end + 10); count > 0; count--) {
        const [name, extra, comment] = [28, 30, 32].map((field) => bytes.readUInt16LE(offset + field)) as [
            number,
            number,
            number,
        ];
        const madeOnUnix = bytes.readUInt8(offset + 5) === 3;
        const mode = (bytes.readUInt32LE(offset + 38) >>> 16) & 0o777;
        if (madeOnUnix && mode) modes.set(bytes.toString("utf8", offset + 46, offset + 46 + name), mode);
        offset += 46 + name + extra + comment;
    }
    return modes;
}

/** The names of the jars in a toolchain archive. */
export function jarsIn(archive: string): string[] {
    const names: string[] = [];
    unzipSync(readFileSync(archive), {
        filter: ({ name }) => {
            if (name.endsWith(".jar")) names.push(name);
            return false;
        },
    });
    return names;
}
