import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { javaCompiler } from "../../scripts/toolchain/assemble";
import { Cache } from "../../scripts/toolchain/cache";
import { compile, javaProgram } from "../../scripts/toolchain/java";
import { filesBelow } from "../../stacks/toolchainInputs";
import { password, type Project, unpackedToolchain } from "./delivery";
import { root } from "./program";

let classes: string | undefined;

/** Runs Flyway itself on a project's scripts, as somebody without the pipeline does; returns the lines that it prints. */
export function bareFlyway(project: Project, command: "info" | "validate" | "migrate"): string[] {
    const jars = filesBelow(path.join(unpackedToolchain(), "lib"), ".jar");
    classes ??= compiled(jars);
    const { host, port, name, username, caBundle } = project.connection();
    const said = execFileSync(
        javaProgram(),
        [
            "-cp",
            [classes, ...jars].join(path.delimiter),
            "BareFlyway",
            command,
            path.join(project.source, "migrations/sql"),
        ],
        {
            encoding: "utf8",
            stdio: ["ignore", "pipe", "pipe"],
            env: {
                PATH: process.env["PATH"],
                // Java decodes the password by the locale.
                LC_ALL: "C.UTF-8",
                REDGATE_DISABLE_TELEMETRY: "true",
                URL: `jdbc:postgresql://${host}:${port}/${name}?sslmode=verify-full&sslrootcert=${caBundle}`,
                DATABASE_USER: username,
                PASSWORD: password,
            },
        },
    );
    return said.split("\n").filter((line) => line !== "" && line !== "null");
}

function compiled(jars: string[]): string {
    const target = fs.mkdtempSync(path.join(os.tmpdir(), "bare-flyway-"));
    process.on("exit", () => fs.rmSync(target, { recursive: true, force: true }));
    const cache = new Cache(path.join(root, "node_modules/.cache/aurora-pipeline/toolchain"));
    const compiler = javaCompiler(root, cache, () => {}).map(({ file }) => file);
    compile({ compiler, sources: [path.join(root, "test/support/java/BareFlyway.java")], classPath: jars, target });
    return target;
}
