import * as fs from "node:fs";
import * as path from "node:path";
import { runCommand } from "./command";

const release = "17";

interface Compilation {
    /** Directory with the compiler's jar. */
    compiler: string;
    sources: string[];
    /** Directory with the jars to compile against. */
    classPath: string;
    target: string;
}

/** Compiles with Eclipse's compiler, which needs no JDK and writes the same bytes wherever it runs. */
export function compile({ compiler, sources, classPath, target }: Compilation): void {
    const jars = fs.readdirSync(classPath).map((jar) => path.join(classPath, jar));
    const { JAVA_HOME: home } = process.env;
    runCommand(
        home ? path.join(home, "bin/java") : "java",
        [
            "-cp",
            path.join(compiler, "*"),
            "org.eclipse.jdt.internal.compiler.batch.Main",
            ...["-source", release, "-target", release],
            ...["-encoding", "UTF-8"],
            ...["-classpath", jars.join(path.delimiter)],
            ...["-d", target],
            "-proc:none",
            "-nowarn",
            ...sources,
        ],
        {
            missing: `Java is missing: install a Java runtime, version ${release} or newer, or set JAVA_HOME.`,
            failed: "The Liquibase session does not compile",
        },
    );
}
