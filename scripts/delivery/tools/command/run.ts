import { spawn } from "node:child_process";
import { networkVariables, pick } from "../../network";

/** What a command did. */
export interface Ran {
    output: string;
    /** With what it said about errors, the last lines. */
    said: string;
    /** Why it failed; absent if it did not. */
    failed?: string;
}

/** Of a command that says very much. */
const mostCharacters = 1_000_000;
const lastLines = 40;

/** Variables of the build that any command needs; everything else, such as AWS's credentials, stays away from it. */
const inherited = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SystemRoot"];

/** Runs a command of the project in its directory. It can be ended together with what it has started. */
export function runCommand(
    command: string,
    { directory, environment, signal }: { directory: string; environment: Record<string, string>; signal: AbortSignal },
): Promise<Ran> {
    const child = spawn("sh", ["-c", command], {
        cwd: directory,
        env: { ...pick([...inherited, ...networkVariables]), ...environment },
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
    });
    let output = "";
    let said = "";
    const keep = (all: string, text: string) => (all + text).slice(-mostCharacters);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
        output = keep(output, text);
        said = keep(said, text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said = keep(said, text)));
    const end = () => {
        try {
            if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
        } catch {
            // It has ended already.
        }
    };
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    return new Promise((resolve) => {
        const done = (failed?: string) => {
            signal.removeEventListener("abort", end);
            const lines = said.trimEnd().split("\n").slice(-lastLines).join("\n");
            resolve({ output, said: lines, ...(failed !== undefined && { failed }) });
        };
        child.on("error", (error) => done(error.message));
        child.on("close", (code, by) =>
            done(code === 0 ? undefined : by === null ? `exit code ${code}` : `signal ${by}`),
        );
    });
}

/** The lines of an output, without empty ones. */
export function linesOf(output: string): string[] {
    return output
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== "");
}
