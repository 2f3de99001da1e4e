import type { ServerVersions } from "../fingerprint";

/** The numbering of `server_version_num`. */
export const versions: ServerVersions = {
    label: "PostgreSQL",
    majorVersion: (server) => Math.floor(server / 10_000),
};
