import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { root } from "../program";

const requirements = path.join(__dirname, "requirements.txt");
const program = path.join(__dirname, "emulator.py");

/** Why the emulator cannot run on this machine; undefined if it can. */
export function missing(): string | undefined {
    const check = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))";
    const { status } = spawnSync("python3", ["-c", check], { stdio: "ignore" });
    return status === 0 ? undefined : "Python 3.10 or newer with venv is not installed (python3, python3-venv)";
}

/** An emulated AWS, in a process of its own; it ends with this one. */
export class Emulator {
    private constructor(
        private readonly process: ChildProcess,
        readonly endpoint: string,
    ) {}

    static async start(): Promise<Emulator> {
        const child = spawn(environment(), [program], { stdio: ["pipe", "pipe", "pipe"] });
        let errors = "";
        child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
        const port = await new Promise<string>((resolve, reject) => {
            createInterface(child.stdout).once("line", resolve);
            child.once("exit", (code) => reject(new Error(`The emulator ended with status ${code}:\n${errors}`)));
        });
        return new Emulator(child, `http://127.0.0.1:${port}`);
    }

    /** Whether requests are held to the policies of who makes them; at first they are not. */
    async enforce(enforced: boolean): Promise<void> {
        const response = await fetch(`${this.endpoint}/moto-api/reset-auth`, {
            method: "POST",
            body: enforced ? "0" : "inf",
        });
        if (!response.ok) {
            throw new Error(`The emulator refused to change its enforcement: ${response.status}`);
        }
    }

    async stop(): Promise<void> {
        const ended = new Promise((resolve) => this.process.once("exit", resolve));
        this.process.stdin?.end();
        await ended;
    }
}

/** The Python that has the emulator: made once, below node_modules, and anew when the requirements change. */
function environment(): string {
    const hash = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 16);
    const directory = path.join(root, "node_modules", ".cache", `aws-emulator-${hash}`);
    const python = path.join(directory, "bin", "python");
    const complete = path.join(directory, "complete");
    if (!existsSync(complete)) {
        rmSync(directory, { recursive: true, force: true });
        run("python3", ["-m", "venv", directory]);
        run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
        writeFileSync(complete, "");
    }
    return python;
}

function run(command: string, args: string[]): void {
    const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
    if (status !== 0) {
        throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
    }
}
