import { spawn } from "node:child_process";
import { generatorErrors } from "../generatorErrors";

/** Runs a command to its end; throws what it printed when it fails. */
export async function run(
    command: string,
    args: string[],
    options: { cwd?: string; env?: Record<string, string | undefined> } = {},
): Promise<void> {
    const child = spawn(command, args, {
        cwd: options.cwd,
        env: { ...process.env, ...options.env },
        stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    }
    const code = await new Promise<number | null>((resolve, reject) => {
        child.on("error", reject);
        child.on("close", resolve);
    });
    if (code !== 0) {
        throw new generatorErrors.CommandFailed({
            command: `${command} ${args.join(" ")}`,
            exit: code ?? "a signal",
            output,
        });
    }
}
