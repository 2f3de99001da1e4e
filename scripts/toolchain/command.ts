import { spawnSync } from "node:child_process";
import { ToolchainError } from "./errors";

/** Runs a program; `missing` is what its absence means to the user, `failed` begins the message when it fails. */
export function runCommand(
    program: string,
    args: string[],
    { missing, failed }: { missing: string; failed: string },
): void {
    const result = spawnSync(program, args, { encoding: "utf8", shell: process.platform === "win32" });
    if (result.error) {
        const absent = "code" in result.error && result.error.code === "ENOENT";
        throw new ToolchainError(absent ? missing : `${failed}: ${result.error.message}`);
    }
    if (result.status !== 0) {
        throw new ToolchainError(`${failed}:\n${lastLines(`${result.stdout}\n${result.stderr}`)}`);
    }
}

function lastLines(text: string): string {
    return text
        .split("\n")
        .filter((line) => line.trim() !== "")
        .slice(-15)
        .join("\n");
}
