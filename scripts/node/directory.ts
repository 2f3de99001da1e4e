import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { InternalError } from "../../components/errorDefinition";

/** The directory with a Node.js of this major version, for the PATH: see `provide.mjs`. */
export function nodeDirectory(major: number): string {
    const program = path.join(__dirname, "provide.mjs");
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, String(major)], { encoding: "utf8" });
    if (status !== 0) {
        throw new InternalError(stderr.trim());
    }
    return stdout.trim();
}
