import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { bomName, ensureToolchain } from "./toolchain/ensure";
import { generatorErrors } from "./generatorErrors";

// Builds components/bin, the npm package: JavaScript, declarations and the toolchain, so that who installs it needs
// neither TypeScript nor Maven. `npm pack` or `npm publish` in that directory does the rest.

const root = path.join(__dirname, "..");
const components = path.join(root, "components");
export const packageDirectory = path.join(components, "bin");

export function buildPackage(log: (line: string) => void): void {
    const toolchain = ensureToolchain({ log });
    log("Compiling components …");
    rmSync(packageDirectory, { recursive: true, force: true });
    compile();
    copyToolchain(toolchain);
    copyFileSync(path.join(root, "LICENSE"), path.join(packageDirectory, "LICENSE"));
    copyFileSync(path.join(root, "README.md"), path.join(packageDirectory, "README.md"));
    writeFileSync(path.join(packageDirectory, "package.json"), `${JSON.stringify(manifest(), null, 2)}\n`);
}

/** Declarations are for the caller's compiler; maps would point at sources that are not in the package. */
function compile(): void {
    const tsc = require.resolve("typescript/bin/tsc");
    const args = [tsc, "--project", components, "--outDir", packageDirectory, "--sourceMap", "false"];
    const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
    if (status !== 0) {
        throw new generatorErrors.ComponentsNotCompiled({});
    }
}

/** The archive, the description that names it, where the components look for them, and the bill of materials. */
function copyToolchain(archive: string): void {
    const target = path.join(packageDirectory, "toolchain");
    mkdirSync(target);
    copyFileSync(archive, path.join(target, path.basename(archive)));
    for (const beside of ["toolchain.json", bomName]) {
        copyFileSync(path.join(path.dirname(archive), beside), path.join(target, beside));
    }
}

/** The package's manifest: the sources', with the built entry point and without what only compiling needs. */
function manifest(): Record<string, unknown> {
    const source = JSON.parse(readFileSync(path.join(components, "package.json"), "utf8")) as {
        dependencies: Record<string, string>;
    };
    const dependencies = Object.entries(source.dependencies).filter(([name]) => name.startsWith("@pulumi/"));
    return { ...source, main: "index.js", types: "index.d.ts", dependencies: Object.fromEntries(dependencies) };
}

if (require.main === module) {
    buildPackage((line) => console.log(line));
    console.log(`Built ${path.relative(process.cwd(), packageDirectory)}; publish it with \`npm publish\` there.`);
}
