import { createHash } from "node:crypto";
import {
    chmodSync,
    copyFileSync,
    existsSync,
    linkSync,
    lstatSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    renameSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import { dirname, join, normalize } from "node:path";
import { unzipSync } from "fflate";
import { programErrors } from "../errors";

/** The state of an unpacked file when it was written. */
interface Entry {
    path: string;
    size: number;
    mtimeMs: number;
}

const manifest = "manifest.json";
/** The number of unpacked archives that are kept: the newest ones. */
const keptArchives = 2;

/**
 * Zip archives, each unpacked once by its content. Builds get hard links to the files, which costs no time and no
 * space. If a build modifies a file in place, that is detected, and the next build gets the archive's file again.
 */
export class UnpackedArchives {
    private readonly keys = new Map<string, string>();

    constructor(private readonly root: string) {}

    /** Puts the files of an archive into a directory. */
    deliver(archive: string, target: string): void {
        const bytes = () => readFileSync(archive);
        const key = this.keys.get(archive) ?? createHash("sha256").update(bytes()).digest("hex").slice(0, 32);
        this.keys.set(archive, key);
        const home = join(this.root, key);
        const entries = intact(home) ?? this.unpack(archive, bytes(), home);
        for (const { path } of entries) {
            mkdirSync(dirname(join(target, path)), { recursive: true });
            linkOrCopy(join(home, "files", path), join(target, path));
        }
    }

    private unpack(archive: string, bytes: Buffer, home: string): Entry[] {
        rmSync(home, { recursive: true, force: true });
        const aside = `${home}.${process.pid}`;
        mkdirSync(aside, { recursive: true });
        const entries = extract(archive, bytes, join(aside, "files"));
        writeFileSync(join(aside, manifest), JSON.stringify(entries));
        // Unpacked under another name and renamed: what an interrupted run left is never taken for complete.
        renameSync(aside, home);
        this.prune();
        return entries;
    }

    private prune(): void {
        readdirSync(this.root)
            .map((name) => join(this.root, name))
            .map((path) => ({ path, time: lstatSync(path).mtimeMs }))
            .sort((one, other) => other.time - one.time)
            .slice(keptArchives)
            .forEach(({ path }) => rmSync(path, { recursive: true, force: true }));
    }
}

/** The contents of a directory of {@link UnpackedArchives}; undefined if any file has changed since. */
function intact(home: string): Entry[] | undefined {
    if (!existsSync(join(home, manifest))) return undefined;
    const entries = JSON.parse(readFileSync(join(home, manifest), "utf8")) as Entry[];
    const same = ({ path, size, mtimeMs }: Entry) => {
        const stat = lstatSync(join(home, "files", path), { throwIfNoEntry: false });
        return stat?.isFile() && stat.size === size && stat.mtimeMs === mtimeMs;
    };
    return entries.every(same) ? entries : undefined;
}

function extract(archive: string, bytes: Buffer, target: string): Entry[] {
    const modes = fileModes(bytes);
    const files = Object.entries(unzipSync(bytes)).filter(([name]) => !name.endsWith("/"));
    const leaving = files.find(([name]) => !join(target, normalize(name)).startsWith(join(target, "/")));
    if (leaving) throw new programErrors.ArchiveLeaving({ archive, path: leaving[0] });
    return files.map(([name, content]) => {
        const path = join(target, normalize(name));
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, content);
        const mode = modes.get(name);
        if (mode) chmodSync(path, mode);
        const { size, mtimeMs } = lstatSync(path);
        return { path: normalize(name), size, mtimeMs };
    });
}

export function linkOrCopy(from: string, to: string): void {
    try {
        linkSync(from, to);
    } catch {
        // Another file system, or one without hard links.
        copyFileSync(from, to);
    }
}

/** Unix permissions from the archive's central directory, which fflate does not provide. */
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
