import * as crypto from "node:crypto";
import * as os from "node:os";

/** What a lock row says about its holder. */
export interface LockRow {
    lockedBy: string;
    /** As the database wrote it: without a time zone. */
    granted: string | null;
}

/**
 * What this build writes as the lock's owner: `host#release (address)`, a form in which a tool that takes the lock
 * itself can put the release ID too, plus a mark that distinguishes builds of the same release.
 */
export function newOwner(releaseId: string): string {
    const mark = crypto.randomBytes(4).toString("hex");
    return `${os.hostname().slice(0, 100)}#${releaseId} (${address()}) ${mark}`;
}

/** The release ID in it; undefined if it was written outside the pipeline. */
export function releaseIn(lockedBy: string): string | undefined {
    return /#(release-[A-Za-z0-9._-]+) \(/.exec(lockedBy)?.[1];
}

/** Describes the lock's holder: a release, or a migration tool that was run outside the pipeline. */
export function describeOwner({ lockedBy, granted }: LockRow, tool: string): string {
    const [, host = lockedBy, place = ""] = /^([^#]*?)(?:#\S+)? \(([^)]*)\)/.exec(lockedBy) ?? [];
    const release = releaseIn(lockedBy);
    const since = granted === null ? "" : `, since ${granted}${release === undefined ? "" : " UTC"}`;
    const where = place === "" ? host : `${host} (${place})`;
    return release === undefined ? `${tool} on ${where}${since}` : `${release} on ${where}${since}`;
}

function address(): string {
    const addresses = Object.values(os.networkInterfaces()).flatMap((all) => all ?? []);
    return addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "unknown";
}
