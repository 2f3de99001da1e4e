import * as crypto from "node:crypto";
import * as os from "node:os";

/** What a lock row says about who holds it. */
export interface LockRow {
    lockedBy: string;
    /** As the database wrote it: without a time zone. */
    granted: string | null;
}

/**
 * What this build writes into LOCKEDBY: Liquibase's own form (`host#description (address)`) with the release id as the
 * description, and a mark that no other build of the same release has.
 */
export function newOwner(releaseId: string): string {
    const mark = crypto.randomBytes(4).toString("hex");
    return `${os.hostname().slice(0, 100)}#${releaseId} (${address()}) ${mark}`;
}

/** The release id in LOCKEDBY; undefined when somebody else's Liquibase wrote it. */
export function releaseIn(lockedBy: string): string | undefined {
    return /#(release-[A-Za-z0-9._-]+) \(/.exec(lockedBy)?.[1];
}

/** Who holds the lock, in words. */
export function describeOwner({ lockedBy, granted }: LockRow): string {
    const [, host = lockedBy, place = ""] = /^([^#]*?)(?:#\S+)? \(([^)]*)\)/.exec(lockedBy) ?? [];
    const release = releaseIn(lockedBy);
    const since = granted === null ? "" : `, since ${granted}${release === undefined ? "" : " UTC"}`;
    const where = place === "" ? host : `${host} (${place})`;
    return release === undefined ? `Liquibase on ${where}${since}` : `${release} on ${where}${since}`;
}

function address(): string {
    const addresses = Object.values(os.networkInterfaces()).flatMap((all) => all ?? []);
    return addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "unknown";
}
