import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { readLines } from "../../delivery/lines";
import { signalProcess, until } from "../processes";

export interface ShellOptions {
    shell: "sh" | "bash";
    directory: string;
    environment: Record<string, string>;
    /** For the command files; outside the source, which the build may read completely. */
    scratch: string;
    log: (line: string) => void;
    /** Terminates the running command and everything that it started. */
    signal: AbortSignal;
}

/** How long a command may clean up after it was asked to end. */
const graceMilliseconds = 10_000;

/**
 * The one shell that all commands of a build share (build specification 0.2): a changed directory or variable persists
 * in the following commands. If a command exits the shell, the exit status decides; the next command gets a new shell
 * with the directory and the exported variables from before that command.
 */
export class Shell {
    private child: ChildProcess | undefined;
    private restore = "";
    private commands = 0;
    /** The ends of the output streams: the last lines may arrive after the shell's exit. */
    private readonly ends: Promise<void>[] = [];

    constructor(private readonly options: ShellOptions) {}

    /** Runs one command and returns its exit status. */
    async run(command: string): Promise<number> {
        const { answer, status } = await this.ask(`. ${quote(this.file(command))} </dev/null 3>&-`);
        // Besides the status, the answer has what re-creates this shell if a later command ends it.
        if (answer) this.restore = `${answer}cd "$PWD"`;
        return status;
    }

    /** The values of exported variables; unset ones are absent. */
    async exported(names: readonly string[]): Promise<Record<string, string>> {
        if (names.length === 0) return {};
        const program =
            "const names = process.argv.slice(1);" +
            "require('fs').writeSync(3, JSON.stringify(names.map((name) => [name, process.env[name]])) + '\\n')";
        const { answer } = await this.ask(`${[process.execPath, "-e", program, ...names].map(quote).join(" ")}`, false);
        const values = JSON.parse(answer || "[]") as [string, string | null][];
        return Object.fromEntries(values.filter((entry): entry is [string, string] => entry[1] !== null));
    }

    /** Ends the shell and everything it left running. */
    async close(): Promise<void> {
        if (this.child) await endGroup(this.child);
        await Promise.race([Promise.all(this.ends), sleep(graceMilliseconds, undefined, { ref: false })]);
    }

    private async ask(command: string, remember = true): Promise<{ status: number; answer: string }> {
        this.options.signal.throwIfAborted();
        const child = (this.child ??= this.start());
        const [input, channel] = [child.stdio[0] as Writable, child.stdio[3] as Readable];
        const end = `end-of-command-${++this.commands}`;
        const state = remember ? "export -p >&3; " : "";
        const abort = () => void endGroup(child);
        this.options.signal.addEventListener("abort", abort, { once: true });
        try {
            return await new Promise((resolve, reject) => {
                let text = "";
                const exited = (code: number | null) => {
                    this.child = undefined;
                    // Background processes that it left are killed with it.
                    signalProcess(-child.pid!, "SIGKILL");
                    settle(() => resolve({ status: code ?? 1, answer: "" }));
                };
                const received = (chunk: string) => {
                    text += chunk;
                    const match = new RegExp(`([^]*)${end} (\\d+)\n$`).exec(text);
                    if (match) settle(() => resolve({ status: Number(match[2]), answer: match[1]! }));
                };
                const settle = (finish: () => void) => {
                    child.off("exit", exited).off("error", reject);
                    channel.off("data", received);
                    finish();
                };
                child.on("exit", exited).on("error", reject);
                channel.setEncoding("utf8").on("data", received);
                // A shell that has ended cannot be written to; its exit status counts.
                input.on("error", () => undefined);
                input.write(`${command}\n__status=$?; ${state}printf '%s %s\\n' ${end} "$__status" >&3\n`);
            });
        } finally {
            this.options.signal.removeEventListener("abort", abort);
            this.options.signal.throwIfAborted();
        }
    }

    private start(): ChildProcess {
        const { shell, directory, environment, log } = this.options;
        const child = spawn(shell, [], {
            cwd: directory,
            env: environment,
            // A separate process group, so that the whole build can be killed.
            detached: true,
            stdio: ["pipe", "pipe", "pipe", "pipe"],
        });
        for (const stream of [child.stdout, child.stderr]) {
            this.ends.push(readLines(stream, log));
        }
        if (this.restore) child.stdio[0].write(`${this.restore}\n`);
        return child;
    }

    private file(command: string): string {
        const path = join(this.options.scratch, `command-${this.commands + 1}`);
        writeFileSync(path, `${command}\n`, { mode: 0o600 });
        return path;
    }
}

async function endGroup(child: ChildProcess): Promise<void> {
    const group = -child.pid!;
    if (signalProcess(group, "SIGTERM") && !(await until(() => !groupExists(group), graceMilliseconds))) {
        signalProcess(group, "SIGKILL");
    }
}

function groupExists(group: number): boolean {
    try {
        return process.kill(group, 0);
    } catch {
        return false;
    }
}

function quote(text: string): string {
    return `'${text.replaceAll("'", `'\\''`)}'`;
}
