// The entry point of the npm scripts: it installs what is missing, and runs them on a supported Node.js.
// Plain JavaScript without dependencies, because it runs before anything is installed. Its own messages go to standard
// error: what a command prints may be redirected to a file.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { provideNode, versionOf } from "./node/provide.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const mocha = "node_modules/mocha/bin/mocha.js";
/** A program, and the arguments before those of the command line. */
const commands = {
    start: "scripts/local/main.ts",
    stop: "scripts/local/stop.ts",
    test: "scripts/test/main.ts",
    toolchain: "scripts/toolchain/main.ts",
    lock: "scripts/toolchain/writeLocks.ts",
    bench: "scripts/bench/main.ts",
    check: "scripts/check/main.ts",
    package: "scripts/package.ts",
    "new-migration": "scripts/scaffold/newMigration.ts",
    "new-environment": "scripts/scaffold/newEnvironment.ts",
    "clean-up": "scripts/cleanUp.ts",
    docs: "scripts/docs.ts",
    schema: "scripts/schema.ts",
    controls: "scripts/controls.ts",
    changes: "scripts/changes.ts",
    rules: "scripts/awsRules.ts",
    picture: "scripts/planPicture.ts",
    "test:unit": [mocha, "--exclude", "test/{integration,faults}/**", "test/**/*.test.ts"],
    "test:integration": [mocha, "--config", ".mocharc.integration.yml", "test/integration/**/*.test.ts"],
    "test:faults": [mocha, "--config", ".mocharc.faults.yml", "test/faults/**/*.test.ts"],
};
const oldestNode = readPackage("package.json")
    .engines.node.match(/\d+\.\d+/)[0]
    .split(".")
    .map(Number);
/** What builds run on, for a machine whose own is too old. */
const otherNode = 24;
const oldestJava = 17;
/** Commands that run no Liquibase. Those that need the toolchain archive build it by `npm run toolchain`, which does. */
const withoutJava = new Set([
    ...["stop", "new-migration", "new-environment", "clean-up", "test:unit"],
    ...["docs", "schema", "controls", "changes", "rules", "picture"],
]);

const [command, ...rest] = process.argv.slice(2);
const program = commands[command];
if (program === undefined) {
    fail(`Unknown command ${command}. Allowed: ${Object.keys(commands).join(", ")}.`);
}
checkMachine();
installDependencies();
const [file, ...first] = [program].flat();
run(file, [...first, ...rest]);

/** All that is missing is said at once, each in one sentence. */
function checkMachine() {
    const missing = [];
    if (isTooOld() && process.platform !== "linux") {
        missing.push(`Node.js ${oldestNode.join(".")} or newer is needed; this is ${process.versions.node}.`);
    }
    if (!withoutJava.has(command)) {
        const java = javaMajor();
        if (java === undefined) {
            missing.push(`Java ${oldestJava} or newer is needed to run Liquibase; no working \`java\` is on the PATH.`);
        } else if (java < oldestJava) {
            missing.push(`Java ${oldestJava} or newer is needed to run Liquibase; \`java\` on the PATH is ${java}.`);
        }
        if (spawnSync("mvn", ["-v"], { shell: process.platform === "win32" }).status !== 0) {
            missing.push("Maven is needed to resolve Liquibase and the JDBC drivers; no working `mvn` is on the PATH.");
        }
    }
    if (missing.length > 0) {
        fail(missing.join("\n"));
    }
}

function isTooOld() {
    const [major, minor] = process.versions.node.split(".").map(Number);
    return major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]);
}

/** Where the Node.js lies that stands in for this machine's, which is too old; undefined when it is not. */
function otherNodeDirectory() {
    if (!isTooOld()) {
        return undefined;
    }
    console.error(
        `This machine's Node.js ${process.versions.node} is older than ${oldestNode.join(".")}; ` +
            `this runs on ${versionOf(otherNode)} instead.`,
    );
    try {
        return provideNode(otherNode);
    } catch (error) {
        return fail(error.message);
    }
}

function readPackage(file) {
    return JSON.parse(readFileSync(join(root, file), "utf8"));
}

function javaMajor() {
    const result = spawnSync("java", ["-version"], { encoding: "utf8" });
    const version = /version "(\d+)(?:\.(\d+))?/.exec(`${result.stderr}${result.stdout}`);
    if (result.status !== 0 || version === null) {
        return undefined;
    }
    // Java 8 calls itself 1.8.
    return Number(version[1] === "1" ? version[2] : version[1]);
}

/** `npm ci` when what is installed is not what the lock file asks for; a checkout that is up to date pays nothing. */
function installDependencies() {
    if (installedMatchesLock()) {
        return;
    }
    console.error("Installing dependencies (npm ci) …");
    const result = spawnSync("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"], {
        cwd: root,
        stdio: ["ignore", "ignore", "inherit"],
        shell: process.platform === "win32",
    });
    if (result.status !== 0) {
        fail("npm ci failed; its own message is above.");
    }
}

/** Compares the lock file with the one that npm leaves in node_modules; packages of other platforms are optional. */
function installedMatchesLock() {
    const installedLock = join(root, "node_modules", ".package-lock.json");
    if (!existsSync(installedLock)) {
        return false;
    }
    const wanted = readPackage("package-lock.json").packages;
    const installed = JSON.parse(readFileSync(installedLock, "utf8")).packages;
    return Object.entries(wanted).every(
        ([path, { version, optional }]) =>
            !path.includes("node_modules/") || optional || installed[path]?.version === version,
    );
}

function run(file, args) {
    const other = otherNodeDirectory();
    const node = other ? join(other, "node") : process.execPath;
    const loader = file.endsWith(".ts") ? ["--require", "ts-node/register/transpile-only"] : [];
    const child = spawn(node, [...loader, join(root, file), ...args], {
        cwd: root,
        stdio: "inherit",
        env: {
            ...process.env,
            // What this starts in turn (npm scripts, builds) finds the same Node.js.
            ...(other && { PATH: [other, process.env.PATH].join(delimiter) }),
            TS_NODE_PROJECT: join(root, "tsconfig.json"),
        },
    });
    // A terminal sends Ctrl-C to the whole group: the child cleans up, this waits for it. A signal to this process
    // alone (a CI that gives up) is passed on.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
        process.on(signal, () => (process.stdin.isTTY && signal === "SIGINT" ? undefined : child.kill(signal)));
    }
    child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

function fail(message) {
    console.error(message);
    process.exit(2);
}
