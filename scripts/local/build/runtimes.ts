import { spawnSync } from "node:child_process";
import { UserError } from "../errors";

/** What a build image would provide, taken from this machine. */
export interface Runtimes {
    javaHome: string;
    /** Major versions. */
    java: number;
    nodejs: number;
}

/** The Java on the PATH, which is the one that a command would run, and the Node.js that runs this. */
export function localRuntimes(): Runtimes {
    // It prints its properties to standard error.
    const { stderr, error } = spawnSync("java", ["-XshowSettings:properties", "-version"], { encoding: "utf8" });
    const property = (name: string) => new RegExp(`^\\s*${name} = (.*)$`, "m").exec(stderr)?.[1];
    const home = error ? undefined : property("java\\.home");
    if (!home) throw new UserError("Java 17 or newer is needed to run Liquibase; no working `java` is on the PATH.");
    return {
        javaHome: home,
        java: Number(property("java\\.specification\\.version")),
        nodejs: majorOf(process.versions.node),
    };
}

/** Checks what a build specification chooses. A newer runtime than the chosen one will do. */
export function checkRuntimes(chosen: Record<string, string>, local: Runtimes): void {
    for (const [runtime, version] of Object.entries(chosen)) {
        const present = runtime === "java" ? local.java : runtime === "nodejs" ? local.nodejs : undefined;
        if (present === undefined) {
            throw new UserError(
                `The build specification chooses the runtime ${runtime}. The local run has java and nodejs.`,
            );
        }
        if (present < majorOf(version)) {
            throw new UserError(
                `The build specification chooses ${runtime} ${version}; this machine has ${present}. ` +
                    `Install ${runtime} ${majorOf(version)} or newer.`,
            );
        }
    }
}

/** `corretto17` and `20.x` alike. */
function majorOf(version: string): number {
    return Number(/\d+/.exec(version)?.[0] ?? 0);
}
