import { execFileSync } from "node:child_process";

/** Runs a command that only root may run: as root, or by a sudo that asks for no password. Throws where there is neither. */
export function asRoot(command: string, ...args: string[]): void {
    const [program, ...given] = process.getuid?.() === 0 ? [command, ...args] : ["sudo", "-n", command, ...args];
    execFileSync(program, given, { stdio: "pipe" });
}
