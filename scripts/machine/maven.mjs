// The Maven that resolves Liquibase and the JDBC driver: the machine's, or one that is installed for it.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { directoryFor, fillOnce, installPackages, packagePins } from "./directory.mjs";
import { MachineError } from "./errors.cjs";
import { commandsFor } from "./sources.mjs";

const source = join(dirname(fileURLToPath(import.meta.url)), "maven");
const pin = join(source, "pin.json");
const oldest = [3, 6];

/** What is wrong with the `mvn` that runs in this environment, which has a Java; undefined if nothing is. */
export function mavenProblem(env) {
    const { status, stdout } = spawnSync("mvn", ["-v"], { env, encoding: "utf8", shell: process.platform === "win32" });
    const [, version, major, minor] = /Apache Maven ((\d+)\.(\d+)\S*)/.exec(stdout ?? "") ?? [];
    if (status !== 0 || version === undefined) {
        return "no working `mvn` is on the PATH";
    }
    const tooOld = major < oldest[0] || (Number(major) === oldest[0] && minor < oldest[1]);
    return tooOld ? `\`mvn\` on the PATH is ${version}` : undefined;
}

/** What a person reads where Maven is missing and nothing here can install it. */
export function mavenNeeded(problem, facts) {
    return new MachineError("MavenNeeded", { oldest: oldest.join("."), problem, command: commandsFor(facts).maven });
}

/** The home of an Apache Maven that is installed for this machine, and its version; undefined where that fails. */
export function provideMaven(env, log) {
    const { artifact } = JSON.parse(readFileSync(pin, "utf8"));
    const version = artifact.split(":").at(-1);
    const name = `apache-maven-${version}`;
    const directory = directoryFor("maven", "apache-maven", [pin, ...packagePins(source)]);
    const mvn = join(name, "bin/mvn");
    try {
        fillOnce(directory, mvn, (target) => {
            log(`Installing Apache Maven ${version} (its own archive, from Maven Central) …`);
            install(target, `${name}-bin.tar.gz`, env);
            if (!existsSync(join(target, mvn))) {
                throw new MachineError("MavenNotInstalled");
            }
        });
    } catch (error) {
        log(error.message);
        return undefined;
    }
    return { home: join(directory, name), version };
}

/** npm knows its registry, and a package of it where Maven Central is; the archive is checked by its SHA-256. */
function install(target, archive, env) {
    const run = (program, ...args) =>
        spawnSync(program, args, { cwd: target, stdio: ["ignore", 2, 2], env: { ...env, NODE_USE_ENV_PROXY: "1" } })
            .status === 0;
    if (
        installPackages(source, target) &&
        run(process.execPath, join(source, "download.mjs"), target) &&
        run("tar", "-xzf", archive)
    ) {
        for (const name of ["node_modules", archive]) rmSync(join(target, name), { recursive: true });
    }
}
