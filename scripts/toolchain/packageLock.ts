import * as fs from "node:fs";
import * as path from "node:path";
import { toolchainErrors } from "./errors";

/** An installed package in package-lock.json: https://docs.npmjs.com/cli/configuring-npm/package-lock-json */
export interface LockedPackage {
    name: string;
    version: string;
    license?: string;
    /** SHA-512 of the package's tarball, as hexadecimal digits. */
    sha512: string;
}

/** The npm packages that the lock file pins. */
export class PackageLock {
    private readonly packages: Record<string, { version?: string; license?: string; integrity?: string }>;

    constructor(root: string) {
        const text = fs.readFileSync(path.join(root, "package-lock.json"), "utf8");
        this.packages = (JSON.parse(text) as { packages: PackageLock["packages"] }).packages;
    }

    /** By npm's install path: `node_modules/yaml`. */
    at(place: string): LockedPackage {
        const { version, license, integrity } = this.packages[place] ?? {};
        const [, sha512] = /^sha512-(\S+)$/.exec(integrity ?? "") ?? [];
        if (version === undefined || sha512 === undefined) {
            throw new toolchainErrors.PackageNotPinned({ place });
        }
        return {
            name: place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length),
            version,
            ...(license === undefined ? {} : { license }),
            sha512: Buffer.from(sha512, "base64").toString("hex"),
        };
    }
}
