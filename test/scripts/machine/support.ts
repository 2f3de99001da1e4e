import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { temporaryDirectory } from "../local/support";

export interface Ended {
    exit: number | null;
    output: string;
}

/** Runs `scripts/setup.mjs` of a checkout to its end; a variable that is undefined is not set. */
export function setup(checkout: string, args: string[], env: NodeJS.ProcessEnv): Promise<Ended> {
    const child = spawn(process.execPath, ["scripts/setup.mjs", ...args], {
        cwd: checkout,
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, ...env },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
        stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    return new Promise((resolve) => child.on("close", (exit) => resolve({ exit, output })));
}

/** A directory for the PATH with these programs of this machine. */
export function pathWith(...names: string[]): string {
    const directory = temporaryDirectory();
    for (const name of names) {
        const { stdout } = spawnSync("sh", ["-c", `command -v "$0"`, name], { encoding: "utf8" });
        symlinkSync(stdout.trim(), join(directory, name));
    }
    return directory;
}

/** A directory for the PATH with all programs of this machine but those whose name fits. */
export function pathWithout(unwanted: RegExp): string {
    const directory = temporaryDirectory();
    for (const place of (process.env["PATH"] ?? "").split(delimiter).filter((each) => existsSync(each))) {
        for (const name of readdirSync(place)) {
            const link = join(directory, name);
            const there = statSync(link, { throwIfNoEntry: false });
            const target = statSync(join(place, name), { throwIfNoEntry: false });
            if (!unwanted.test(name) && !there && target?.isFile()) symlinkSync(join(place, name), link);
        }
    }
    return directory;
}

/** Puts a shell script into a directory for the PATH. */
export function addProgram(directory: string, name: string, ...lines: string[]): void {
    mkdirSync(directory, { recursive: true });
    // A link there leads to this machine's own program.
    rmSync(join(directory, name), { force: true });
    writeFileSync(join(directory, name), ["#!/bin/sh", ...lines].join("\n"));
    chmodSync(join(directory, name), 0o755);
}
