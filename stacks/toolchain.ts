import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { refusalErrors } from "../components/shared/errors";
import { packagedToolchain } from "../components/toolchain";
import { hashInputs } from "./toolchainInputs";

const root = path.join(__dirname, "..");

/**
 * The archive that the builds run is not committed: the first evaluation in a fresh checkout builds it, and so does the
 * first one after its sources changed (a pull). Both print a message.
 */
export function ensureToolchain(directory = path.join(root, "components", "toolchain"), build = runBuild): void {
    const reason = reasonToBuild(directory);
    if (reason === undefined) {
        return;
    }
    // Printed to standard error at once, so that the Pulumi CLI shows it while the build runs.
    console.error(`The toolchain archive is ${reason}; building it with \`npm run toolchain\` (a minute, once) …`);
    const status = build();
    if (status !== 0) {
        throw new refusalErrors.ToolchainNotBuilt({});
    }
}

function reasonToBuild(directory: string): "missing" | "out of date" | undefined {
    const archive = packagedToolchain(directory);
    if (archive === undefined || !existsSync(archive)) {
        return "missing";
    }
    const manifest = JSON.parse(readFileSync(path.join(directory, "toolchain.json"), "utf8")) as { inputs?: string };
    return manifest.inputs === hashInputs(root) ? undefined : "out of date";
}

function runBuild(): number | null {
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    // Standard output belongs to the command that evaluates the program (`npm run clean-up > FILE`).
    return spawnSync(npm, ["run", "--silent", "toolchain"], { cwd: root, stdio: ["ignore", process.stderr, "inherit"] })
        .status;
}
