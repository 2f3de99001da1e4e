import type { ServerVersions } from "../fingerprint";

/** `8.0.33` is 80033; its line of releases is `8`, that of 8.4.5 is `8.4`. */
export const versions: ServerVersions = {
    label: "MySQL",
    majorVersion: (server) => Math.floor(server / 10_000) + (Math.floor(server / 100) % 100) / 10,
};

/** The number of `8.0.33-log` or `8.0.mysql_aurora.3.08.0`, which names no third part of MySQL's own. */
export function versionNumber(version: string): number {
    const [, major = "0", minor = "0", patch = "0"] = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version) ?? [];
    return Number(major) * 10_000 + Number(minor) * 100 + Number(patch);
}
