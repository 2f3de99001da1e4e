import { runCommand } from "./command";

const plugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";

// What is copied, and how it lies there: the repository's layout tells a jar's coordinates.
const copying = ["-DincludeScope=runtime", "-Dmdep.useRepositoryLayout=true"];

/** Maven's arguments to copy the jars that a `pom.xml` asks for, with what they need, into a directory. */
export function copyArguments(pom: string, directory: string): string[] {
    return [
        "--batch-mode",
        "--quiet",
        // Without it a download whose checksum is wrong is a warning: https://maven.apache.org/ref/3.9.9/maven-embedder/cli.html
        "--strict-checksums",
        "--file",
        pom,
        `${plugin}:copy-dependencies`,
        `-DoutputDirectory=${directory}`,
        ...copying,
    ];
}

/** Part of the key of a cached copy: another way of copying makes another copy. */
export const copyingKey = [plugin, ...copying].join(" ");

/** Copies the jars that a `pom.xml` asks for, with what they need, into a directory. */
export function copyDependencies(pom: string, directory: string): void {
    run(copyArguments(pom, directory), pom);
}

/**
 * Copies the POMs of these jars as well, and their parents'. The plugin builds them from Maven Central alone, whatever
 * repositories `pom.xml` names: so apart from the jars, and it may fail.
 */
export function copyPoms(pom: string, directory: string): void {
    run([...copyArguments(pom, directory), "-Dmdep.copyPom=true", "-Dmdep.addParentPoms=true"], pom);
}

function run(args: string[], pom: string): void {
    runCommand("mvn", args, {
        missing:
            "Maven is missing: install Apache Maven 3.6 or newer (https://maven.apache.org), or put `mvn` on the PATH.",
        failed: `Maven could not resolve the jars of ${pom}`,
    });
}
