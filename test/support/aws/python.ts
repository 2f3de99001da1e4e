import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { withLock } from "../../../scripts/machine/lock.cjs";
import { root } from "../program";

const requirements = path.join(__dirname, "requirements.txt");

/** Why no Python environment can be made on this machine; undefined if one can. */
function missingPython(): string | undefined {
    const check = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))";
    const { status } = spawnSync("python3", ["-c", check], { stdio: "ignore" });
    return status === 0 ? undefined : "Python 3.10 or newer with venv is not installed (python3, python3-venv)";
}

/** Skips the suite where no Python environment can be made, and says so; in CI that is a failure. */
export function skipWithoutPython(): void {
    before(function () {
        const reason = missingPython();
        if (reason !== undefined) {
            console.log(`    skipped: ${reason}`);
            this.skip();
        }
    });
}

/** The Python that has moto and botocore: made once, below node_modules, and again when the requirements change. */
export function python(): string {
    const hash = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 16);
    const directory = path.join(root, "node_modules", ".cache", `aws-emulator-${hash}`);
    const executable = path.join(directory, "bin", "python");
    const complete = path.join(directory, "complete");
    const make = () => {
        if (existsSync(complete)) return;
        rmSync(directory, { recursive: true, force: true });
        run("python3", ["-m", "venv", directory]);
        // Of hundreds of services the tests use ten: Python compiles what it loads.
        const quietly = ["--quiet", "--disable-pip-version-check", "--no-compile"];
        run(executable, ["-m", "pip", "install", ...quietly, "-r", requirements]);
        writeFileSync(complete, "");
    };
    // Test files that run side by side would install over one another.
    if (!existsSync(complete)) withLock(`${directory}.lock`, () => {}, make);
    return executable;
}

/** Runs a program to its end, and returns what it printed. */
export function run(command: string, args: string[]): string {
    const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
    if (status !== 0) {
        throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
    }
    return stdout;
}
