import * as fs from "node:fs";
import * as path from "node:path";
import { ToolchainError } from "./errors";

/** What package-lock.json says of an installed package: https://docs.npmjs.com/cli/configuring-npm/package-lock-json */
export interface LockedPackage {
    name: string;
    version: string;
    license?: string;
    /** SHA-512 of the package's tarball, in hexadecimal digits. */
    sha512: string;
}

/** The npm packages that the lock file pins. */
export class PackageLock {
    private readonly packages: Record<string, { version?: string; license?: string; integrity?: string }>;

    constructor(root: string) {
        const text = fs.readFileSync(path.join(root, "package-lock.json"), "utf8");
        this.packages = (JSON.parse(text) as { packages: PackageLock["packages"] }).packages;
    }

    /** By the path where npm installs it: `node_modules/zod`. */
    at(place: string): LockedPackage {
        const { version, license, integrity } = this.packages[place] ?? {};
        const [, sha512] = /^sha512-(\S+)$/.exec(integrity ?? "") ?? [];
        if (version === undefined || sha512 === undefined) {
            throw new ToolchainError(
                `package-lock.json does not pin ${place} by version and SHA-512. Write it anew with npm install.`,
            );
        }
        return {
            name: place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length),
            version,
            ...(license === undefined ? {} : { license }),
            sha512: Buffer.from(sha512, "base64").toString("hex"),
        };
    }
}
