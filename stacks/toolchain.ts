import * as pulumi from "@pulumi/pulumi";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import * as path from "node:path";
import { packagedToolchain } from "../components/toolchain";

const root = path.join(__dirname, "..");

/** The archive that the builds run is not committed: the first evaluation in a fresh checkout makes it, and says so. */
export function ensureToolchain(directory = path.join(root, "components", "toolchain"), build = runBuild): void {
    const archive = packagedToolchain(directory);
    if (archive !== undefined && existsSync(archive)) {
        return;
    }
    // To standard error, at once: the Pulumi CLI shows it while the build runs.
    console.error("The toolchain archive is missing; building it with `npm run toolchain` (a minute, once) …");
    const status = build();
    if (status !== 0) {
        // A RunError is printed by the Pulumi CLI as its message alone, without a stack trace.
        throw new pulumi.RunError(
            "The toolchain archive could not be built: `npm run toolchain` failed, with its own message above.",
        );
    }
}

function runBuild(): number | null {
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    return spawnSync(npm, ["run", "--silent", "toolchain"], { cwd: root, stdio: ["ignore", "inherit", "inherit"] })
        .status;
}
