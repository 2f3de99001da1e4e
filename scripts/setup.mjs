// The entry point of the npm scripts: it installs what is missing, and runs them on a supported Node.js.
// Plain JavaScript without dependencies, because it runs before anything is installed. Its own messages go to standard
// error: what a command prints may be redirected to a file.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { MachineError } from "./machine/errors.cjs";
import { withLock } from "./machine/lock.cjs";
import { javaAndMaven, withPath } from "./machine/tools.mjs";
import { provideNode, versionOf } from "./node/provide.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const mocha = "node_modules/mocha/bin/mocha.js";
const compiled = "node_modules/.cache/aurora-pipeline/compiled";
/** A program, and the arguments before those of the command line. */
const commands = {
    start: "scripts/local/main.ts",
    stop: "scripts/local/stop.ts",
    test: "scripts/test/main.ts",
    toolchain: "scripts/toolchain/main.ts",
    lock: "scripts/toolchain/writeLocks.ts",
    bench: "scripts/bench/main.ts",
    check: "scripts/check/main.ts",
    baseline: "scripts/baseline/main.ts",
    review: "scripts/review/main.ts",
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
    "test:integration": "scripts/test/integration.ts",
    "test:faults": [mocha, "--config", ".mocharc.faults.yml", "test/faults/**/*.test.ts"],
};
const oldestNode = readPackage("package.json")
    .engines.node.match(/\d+\.\d+/)[0]
    .split(".")
    .map(Number);
/** What builds run on, for a machine whose own is too old. */
const otherNode = 24;
/** Commands that run no Liquibase. Those that need the toolchain archive build it by `npm run toolchain`, which does. */
const withoutJava = new Set([
    ...["stop", "review", "new-migration", "new-environment", "clean-up", "test:unit"],
    ...["docs", "schema", "controls", "changes", "rules", "picture"],
]);

const [command, ...rest] = process.argv.slice(2);
const program = commands[command];
if (program === undefined) {
    fail(new MachineError("CommandUnknown", { command, allowed: Object.keys(commands).join(", ") }));
}
const tools = withoutJava.has(command) ? undefined : javaAndMaven(process.env);
checkMachine();
installDependencies();
const [file, ...first] = [program].flat();
run(file, [...first, ...rest]);

/** All that is missing, and that nothing here can install, is said at once, each in one sentence. */
function checkMachine() {
    const missing = [...(tools?.missing ?? [])];
    if (isTooOld() && process.platform !== "linux") {
        const facts = { oldest: oldestNode.join("."), version: process.versions.node };
        missing.unshift(new MachineError("NodeTooOld", facts).message);
    }
    if (missing.length > 0) {
        fail({ message: missing.join("\n") });
    }
}

function isTooOld() {
    const [major, minor] = process.versions.node.split(".").map(Number);
    return major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]);
}

/**
 * Evaluations of the program make many objects that do not live long. Measured: with Node.js's own 16 MB for them a fifth
 * of the processor's time went into collecting them.
 */
function roomForYoungObjects() {
    return [process.env.NODE_OPTIONS, "--max-semi-space-size=64"].filter(Boolean).join(" ");
}

/** The environment for what this starts, and what that starts in turn (npm scripts, builds); installs what is lacking. */
function environment() {
    const log = (line) => console.error(line);
    try {
        const env = tools?.provide(log) ?? process.env;
        if (!isTooOld()) {
            return env;
        }
        log(
            `This machine's Node.js ${process.versions.node} is older than ${oldestNode.join(".")}; ` +
                `this runs on ${versionOf(otherNode)} instead.`,
        );
        return withPath(env, provideNode(otherNode));
    } catch (error) {
        return fail(error);
    }
}

function readPackage(file) {
    return JSON.parse(readFileSync(join(root, file), "utf8"));
}

/**
 * `npm ci` when what is installed is not what the lock file asks for; a checkout that is up to date pays nothing. Of two
 * commands that start at once, one installs: `npm ci` begins by removing what another one installs.
 */
function installDependencies() {
    const lock = join(root, ".local/install.lock");
    if (!existsSync(lock) && installedMatchesLock()) {
        return;
    }
    const waiting = () => console.error("Another command is installing the dependencies here; waiting for it …");
    if (!withLock(lock, waiting, () => installedMatchesLock() || install())) {
        fail(new MachineError("DependenciesNotInstalled"));
    }
}

function install() {
    console.error("Installing dependencies (npm ci) …");
    const { status } = spawnSync("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"], {
        cwd: root,
        stdio: ["ignore", "ignore", "inherit"],
        shell: process.platform === "win32",
    });
    return status === 0;
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
    const env = environment();
    const node = isTooOld() ? "node" : process.execPath;
    const loader = file.endsWith(".ts") ? ["--require", "ts-node/register/transpile-only"] : [];
    const child = spawn(node, [...loader, join(root, file), ...args], {
        cwd: root,
        stdio: "inherit",
        env: {
            ...env,
            TS_NODE_PROJECT: join(root, "tsconfig.json"),
            // What Node.js has compiled of Pulumi and the rest: measured, a fifth of the time to load and evaluate the program.
            ...(file.endsWith(".ts") && { NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE ?? join(root, compiled) }),
            ...(command === "test:unit" && { NODE_OPTIONS: roomForYoungObjects() }),
        },
    });
    // A terminal sends Ctrl-C to the whole group: the child cleans up, this waits for it. A signal to this process
    // alone (a CI that gives up) is passed on.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
        process.on(signal, () => (process.stdin.isTTY && signal === "SIGINT" ? undefined : child.kill(signal)));
    }
    child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

function fail({ message }) {
    console.error(message);
    process.exit(2);
}
