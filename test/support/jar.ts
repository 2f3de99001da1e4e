import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { unzipSync, zipSync } from "fflate";
import { filesBelow } from "../../stacks/toolchainInputs";
import { javaCompiler } from "../../scripts/toolchain/assemble";
import { Cache } from "../../scripts/toolchain/cache";
import { compile } from "../../scripts/toolchain/java";

const root = path.resolve(__dirname, "../..");
const cache = new Cache(path.join(root, "node_modules/.cache/aurora-pipeline/toolchain"));

/** Compiles classes against the toolchain's jars, and packs them with other files into a jar. */
export function makeJar(
    toolchain: string,
    { classes = {}, files = {} }: { classes?: Record<string, string>; files?: Record<string, string> },
): Uint8Array {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "jar-"));
    try {
        const target = path.join(directory, "classes");
        fs.mkdirSync(target);
        const sources = Object.entries(classes).map(([name, text]) => {
            const file = path.join(directory, name);
            fs.mkdirSync(path.dirname(file), { recursive: true });
            fs.writeFileSync(file, text);
            return file;
        });
        if (sources.length > 0) {
            const compiler = javaCompiler(root, cache, () => {}).map(({ file }) => file);
            compile({ compiler, sources, classPath: filesBelow(path.join(toolchain, "lib"), ".jar"), target });
        }
        const compiled = filesBelow(target, "").map((file): [string, Uint8Array] => [
            path.relative(target, file),
            new Uint8Array(fs.readFileSync(file)),
        ]);
        return withFiles(zipSync(Object.fromEntries(compiled)), files);
    } finally {
        fs.rmSync(directory, { recursive: true });
    }
}

/** A jar with what another one has, and with files. */
export function withFiles(jar: Uint8Array, files: Record<string, string>): Uint8Array {
    const others = Object.entries(files).map(([name, text]): [string, Uint8Array] => [name, Buffer.from(text)]);
    return zipSync({ ...unzipSync(jar), ...Object.fromEntries(others) });
}
