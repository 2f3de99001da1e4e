import { chownSync, readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { serverErrors } from "../errors";

/** The operating system user of the server: PostgreSQL refuses to run as root. */
export interface Account {
    uid: number;
    gid: number;
}

/** Undefined if the server runs as the current user; otherwise an unprivileged user. */
export function serverAccount(): Account | undefined {
    if (process.getuid?.() !== 0) return undefined;
    const users = readFileSync("/etc/passwd", "utf8")
        .split("\n")
        .map((line) => line.split(":"));
    const nobody = users.find(([name]) => name === "nobody");
    if (!nobody) {
        throw new serverErrors.RunByRoot({});
    }
    return { uid: Number(nobody[2]), gid: Number(nobody[3]) };
}

/** Whether an account can access a directory's contents: it may enter every directory above it. */
export function canReach(account: Account | undefined, directory: string): boolean {
    if (!account) return true;
    for (let path = resolve(directory); ; path = dirname(path)) {
        const { mode, uid } = statSync(path);
        const passes = uid === account.uid ? mode & 0o100 : mode & 0o001;
        if (!passes) return false;
        if (path === dirname(path)) return true;
    }
}

export function give(account: Account | undefined, ...paths: string[]): void {
    if (!account) return;
    for (const path of paths) chownSync(path, account.uid, account.gid);
}
