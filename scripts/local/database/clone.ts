import { execFile } from "node:child_process";
import { copyFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { give, serverAccount } from "./account";
import { choosePort } from "./port";
import { connect } from "./provision";
import { administrator, dataDirectory, type Server, startServer, stopServerOf } from "./server";

/** A second server with the first one's data at one moment: the equivalent of an RDS clone. */
export async function cloneServer(original: Server & { home: string }, home: string): Promise<Server> {
    await removeClone(home);
    const account = serverAccount();
    const data = dataDirectory(home, account);
    // Clients of the clone trust the same authority and know the same passwords.
    const { authority, certificate, key, authenticator } = original;
    const own = [authority, certificate, key, join(original.home, "administrator.password")];
    const trusted = authenticator ? [authenticator.authority, authenticator.certificate, authenticator.key] : [];
    for (const file of [...own, ...trusted]) {
        copyFileSync(file, join(home, basename(file)));
    }
    const label = await copyData(original, realpathSync(join(original.home, "data")), data);
    const labelFile = join(data, "backup_label");
    writeFileSync(labelFile, label, { mode: 0o600 });
    give(account, labelFile);
    for (const file of ["postmaster.pid", "postmaster.opts"]) rmSync(join(data, file), { force: true });
    return startServer(home, await choosePort(), { iam: original.authenticator !== undefined });
}

/** Stops a clone and deletes it, even if it is only half made. */
export async function removeClone(home: string): Promise<void> {
    await stopServerOf(home);
    rmSync(dataDirectory(home, serverAccount()), { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
}

/**
 * Copies a running server's files by PostgreSQL's backup procedure; returns the label that tells the copy where to
 * start recovery.
 */
async function copyData(original: Server, from: string, to: string): Promise<string> {
    const client = await connect(original, {
        name: "postgres",
        user: administrator,
        password: original.password,
    });
    const copy = (directory: string) =>
        promisify(execFile)("cp", ["-a", `${join(from, directory)}/.`, join(to, directory)]);
    try {
        await client.query("SELECT pg_backup_start('clone', true)");
        await copy("");
        const { rows } = await client.query<{ labelfile: string }>("SELECT labelfile FROM pg_backup_stop(false)");
        // The WAL that was written while the files were copied.
        await copy("pg_wal");
        return rows[0]!.labelfile;
    } finally {
        await client.end();
    }
}
