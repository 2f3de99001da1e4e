import * as fs from "node:fs";
import * as path from "node:path";
import { withLock } from "../machine/lock.cjs";
import { writeArchive } from "./archive";
import { assemble } from "./assemble";
import { billOfMaterials } from "./bom";
import { Cache } from "./cache";
import { hashInputs } from "../../stacks/toolchainInputs";

export interface ToolchainOptions {
    /** Directory of the archive. */
    output?: string;
    /** Directory for intermediate results between builds. */
    cache?: string;
    /** Receives progress messages, one line at a time. */
    log?: (line: string) => void;
}

/** The description beside the archive. */
export interface ToolchainManifest {
    /** File name of the archive, with the first digits of the checksum. */
    archive: string;
    sha256: string;
    /** Checksum of everything that the archive is made of. */
    inputs: string;
}

const root = path.resolve(__dirname, "../..");
const manifestName = "toolchain.json";
/** The bill of materials beside the archive. */
export const bomName = "toolchain.cdx.json";

/** Path of the archive that the builds run; builds it if it is missing or out of date. */
export function ensureToolchain(options: ToolchainOptions = {}): string {
    const {
        output = path.join(root, "components/toolchain"),
        cache = path.join(root, "node_modules/.cache/aurora-pipeline"),
        log = () => {},
    } = options;
    const inputs = hashInputs(root);
    return (
        current(output, inputs) ??
        withLock(
            path.join(cache, "toolchain.lock"),
            () => log("Another build of the toolchain runs; waiting for it"),
            () => current(output, inputs) ?? build(output, cache, inputs, log),
        )
    );
}

function current(output: string, inputs: string): string | undefined {
    const file = path.join(output, manifestName);
    if (!fs.existsSync(file)) {
        return undefined;
    }
    const manifest = JSON.parse(fs.readFileSync(file, "utf8")) as ToolchainManifest;
    const archive = path.join(output, manifest.archive);
    const complete = fs.existsSync(archive) && fs.existsSync(path.join(output, bomName));
    return manifest.inputs === inputs && complete ? archive : undefined;
}

function build(output: string, cache: string, inputs: string, log: (line: string) => void): string {
    const started = performance.now();
    const parts = assemble(root, new Cache(path.join(cache, "toolchain")), log);
    log("Packing the archive");
    const { name, sha256 } = writeArchive(output, parts);
    replaceFile(path.join(output, bomName), billOfMaterials({ name, sha256 }, parts));
    replaceFile(
        path.join(output, manifestName),
        `${JSON.stringify({ archive: name, sha256, inputs }, undefined, 2)}\n`,
    );
    removeOthers(output, name);
    const archive = path.join(output, name);
    const megabytes = (fs.statSync(archive).size / 1_000_000).toFixed(1);
    log(`Toolchain ${name}: ${megabytes} MB in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return archive;
}

function removeOthers(output: string, name: string): void {
    for (const other of fs.readdirSync(output)) {
        if (/^toolchain-[0-9a-f]{16}\.zip$/.test(other) && other !== name) {
            fs.rmSync(path.join(output, other));
        }
    }
}

/** Atomic: a reader sees the old content or the new, never a part. */
function replaceFile(file: string, text: string): void {
    const aside = `${file}.${process.pid}`;
    fs.writeFileSync(aside, text);
    fs.renameSync(aside, file);
}
