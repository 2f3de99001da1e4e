import { chmodSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

/** Root of the checkout: where `Pulumi.yaml` and `index.ts` are. */
export const checkout = resolve(__dirname, "../..");

/** Where the local run keeps what outlives it. Nothing in it belongs in Git; some of it is secret. */
export interface LocalDirectory {
    root: string;
    state: string;
    lastRun: string;
    lock: string;
    /** One directory an execution: artifacts, logs. */
    runs: string;
    /** Database servers, one directory each. */
    postgres: string;
    /** What builds put into buckets, by the bucket's name: the records of releases, which nothing here deletes. */
    buckets: string;
    /** Jars of other people's changelogs, by the hash of their `pom.xml`. */
    jars: string;
    /** The changelog that each database has last run, by the server's name. */
    deployed: string;
    /** What archives hold that builds get, by the hash of the archive. */
    unpacked: string;
}

/** Creates `.local/` (readable by its owner alone) and names its contents. */
export function openLocalDirectory(root: string = join(checkout, ".local")): LocalDirectory {
    const directory = {
        root,
        state: join(root, "state.json"),
        lastRun: join(root, "last-run.json"),
        lock: join(root, "lock"),
        runs: join(root, "runs"),
        postgres: join(root, "postgres"),
        buckets: join(root, "buckets"),
        jars: join(root, "jars"),
        deployed: join(root, "deployed"),
        unpacked: join(root, "unpacked"),
    };
    for (const path of [
        root,
        directory.runs,
        directory.postgres,
        directory.buckets,
        directory.jars,
        directory.deployed,
        directory.unpacked,
    ]) {
        mkdirSync(path, { recursive: true });
    }
    chmodSync(root, 0o700);
    return directory;
}
