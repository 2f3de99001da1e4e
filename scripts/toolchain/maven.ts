import { runCommand } from "./command";

const plugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";

// What is copied, and in which layout: the repository layout preserves a jar's coordinates.
const copying = ["-DincludeScope=runtime", "-Dmdep.useRepositoryLayout=true"];

/** Maven's arguments to copy the jars of a `pom.xml`, with their dependencies, to a directory. */
export function copyArguments(pom: string, directory: string): string[] {
    return [
        "--batch-mode",
        "--quiet",
        // By default, a wrong checksum is only a warning: https://maven.apache.org/ref/3.9.9/maven-embedder/cli.html
        "--strict-checksums",
        "--file",
        pom,
        `${plugin}:copy-dependencies`,
        `-DoutputDirectory=${directory}`,
        ...copying,
    ];
}

/** Part of a cached copy's key: changing how jars are copied requires a new copy. */
export const copyingKey = [plugin, ...copying].join(" ");

/** Copies the jars of a `pom.xml`, with their dependencies, to a directory. */
export function copyDependencies(pom: string, directory: string): void {
    run(copyArguments(pom, directory), pom);
}

/**
 * Also copies the POMs of these jars and of their parents. The plugin reads them from Maven Central only, whatever
 * repositories `pom.xml` names; so it runs separately, and may fail.
 */
export function copyPoms(pom: string, directory: string): void {
    run([...copyArguments(pom, directory), "-Dmdep.copyPom=true", "-Dmdep.addParentPoms=true"], pom);
}

function run(args: string[], pom: string): void {
    runCommand("mvn", args, {
        missing: "Install Apache Maven 3.6 or newer (https://maven.apache.org), or put `mvn` on the PATH.",
        failed: `Maven could not resolve the jars of ${pom}`,
    });
}
