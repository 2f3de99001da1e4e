import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { toolchainErrors } from "./errors";

/** Runs a program. `missing` tells the user what to do about it if it is absent, `failed` starts the message if it fails. */
export function runCommand(
    program: string,
    args: string[],
    { missing, failed }: { missing: string; failed: string },
): void {
    const result = spawnSync(program, args, { encoding: "utf8", shell: process.platform === "win32" });
    if (result.error) {
        const absent = "code" in result.error && result.error.code === "ENOENT";
        throw absent
            ? new toolchainErrors.ProgramMissing({ program: path.basename(program), fix: missing })
            : new toolchainErrors.ProgramFailed({ task: failed, output: result.error.message });
    }
    if (result.status !== 0) {
        throw new toolchainErrors.ProgramFailed({
            task: failed,
            output: lastLines(`${result.stdout}\n${result.stderr}`),
        });
    }
}

function lastLines(text: string): string {
    return text
        .split("\n")
        .filter((line) => line.trim() !== "")
        .slice(-15)
        .join("\n");
}
