import { spawn } from "node:child_process";
import { chmodSync, closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serverErrors } from "../errors";
import { type Account, give } from "./account";

/** Where a server keeps its data, and who runs it. */
interface Place {
    data: string;
    account: Account | undefined;
}

/** The server's own copy of a file: readable by its user alone. */
export function handOver({ data, account }: Place, file: string, name: string): string {
    const copy = join(data, name);
    writeFileSync(copy, readFileSync(file), { mode: 0o600 });
    chmodSync(copy, 0o600);
    give(account, copy);
    return copy;
}

/** Starts a server that outlives this process; what it prints goes to the log. */
export function startDetached(
    program: string,
    args: string[],
    { data, account }: Place,
    log: string,
): { ended: () => boolean } {
    const output = openSync(log, "a", 0o600);
    const child = spawn(program, args, {
        ...account,
        cwd: data,
        env: { PATH: process.env["PATH"], LC_ALL: "C" },
        // A group of its own: Ctrl-C reaches the run first, which then stops the server in order.
        detached: true,
        stdio: ["ignore", output, output],
    });
    closeSync(output);
    child.unref();
    let ended = false;
    child.on("exit", () => (ended = true));
    child.on("error", () => (ended = true));
    return { ended: () => ended };
}

/** The error of a server that has not started, with the end of its log. */
export function notStarted(log: string): Error {
    const lines = readFileSync(log, "utf8").trimEnd().split("\n").slice(-10).join("\n");
    return new serverErrors.DatabaseNotStarted({ log, lines });
}
