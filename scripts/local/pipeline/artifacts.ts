import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { unzipSync, zipSync } from "fflate";
import { entriesBelow } from "../../delivery/files";
import { programErrors } from "../errors";
import { linkOrCopy, UnpackedArchives } from "./unpacked";

/** The artifacts of one execution, by name: a directory, or a zip file that a source delivered unchanged. */
export class ArtifactStore {
    private readonly unpacked: UnpackedArchives;

    /** With `unpacked`, unpacked archives outlive the execution. */
    constructor(
        private readonly root: string,
        unpacked = join(root, ".unpacked"),
    ) {
        mkdirSync(root, { recursive: true });
        this.unpacked = new UnpackedArchives(unpacked);
    }

    /** An empty directory that becomes the artifact. */
    create(name: string): string {
        const path = join(this.root, name);
        mkdirSync(path, { recursive: true });
        return path;
    }

    /** Registers a zip file as the artifact. */
    addArchive(name: string, file: string): void {
        // A link keeps the bytes even if the file is replaced later, and costs nothing.
        linkOrCopy(file, this.archive(name));
    }

    /** Unpacks an artifact to the caller's own directory, which may be changed. */
    unpack(name: string, target: string): void {
        mkdirSync(target, { recursive: true });
        const archive = this.archive(name);
        if (existsSync(archive)) return this.unpacked.deliver(archive, target);
        if (!existsSync(this.directory(name))) {
            throw new programErrors.ArtifactMissing({ artifact: name });
        }
        cpSync(this.directory(name), target, { recursive: true, verbatimSymlinks: true });
    }

    /** An artifact as a zip file. */
    zip(name: string): Uint8Array {
        const archive = this.archive(name);
        if (existsSync(archive)) return readFileSync(archive);
        const directory = this.directory(name);
        if (!existsSync(directory)) throw new programErrors.ArtifactMissing({ artifact: name });
        const files = entriesBelow(directory).filter((entry) => entry.isFile());
        const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
        return zipSync(Object.fromEntries(paths.map((path) => [relative(directory, path), readFileSync(path)])));
    }

    /** A file in an artifact that a build delivered; undefined if there is none. */
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
