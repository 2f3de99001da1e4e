// `node download.mjs DIRECTORY`: fetches Apache Maven's archive (pin.json) into a directory that has the packages of
// package-lock.json. A process of its own, because its caller does not wait for promises.
import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { MachineError } from "../errors.cjs";

const [, , directory] = process.argv;
const { artifact, sha256 } = JSON.parse(readFileSync(new URL("pin.json", import.meta.url), "utf8"));
const { default: download } = createRequire(join(directory, "package.json"))("mvn-artifact-download");
// A mirror of Maven Central is named as for the Maven Wrapper: https://maven.apache.org/tools/wrapper/
const mirror = process.env.MVNW_REPOURL?.replace(/\/*$/, "/");

try {
    const file = await download(artifact, directory, mirror);
    const found = createHash("sha256").update(readFileSync(file)).digest("hex");
    if (found !== sha256) {
        rmSync(file);
        throw new MachineError("ArchiveReplaced", { file: basename(file), pinned: sha256, found });
    }
} catch (error) {
    console.error(error.message);
    process.exitCode = 1;
}
