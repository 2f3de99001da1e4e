import { runCommand } from "./command";

const plugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";

/** Copies the jars that a `pom.xml` asks for, with what they need, into a directory. */
export function copyDependencies(pom: string, directory: string): void {
    runCommand(
        "mvn",
        [
            "--batch-mode",
            "--quiet",
            "--file",
            pom,
            `${plugin}:copy-dependencies`,
            `-DoutputDirectory=${directory}`,
            "-DincludeScope=runtime",
        ],
        {
            missing:
                "Maven is missing: install Apache Maven 3.6 or newer (https://maven.apache.org), or put `mvn` on the PATH.",
            failed: `Maven could not resolve the jars of ${pom}`,
        },
    );
}
