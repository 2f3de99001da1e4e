import * as path from "node:path";
import { runCommand } from "./command";

const release = "17";

interface Compilation {
    /** The compiler's jars. */
    compiler: string[];
    sources: string[];
    /** The jars to compile against. */
    classPath: string[];
    target: string;
}

/** The Java that everything here runs on. */
export function javaProgram(): string {
    const { JAVA_HOME: home } = process.env;
    return home ? path.join(home, "bin/java") : "java";
}

/** Compiles with Eclipse's compiler, which needs no JDK and writes the same bytes on every machine. */
export function compile({ compiler, sources, classPath, target }: Compilation): void {
    runCommand(
        javaProgram(),
        [
            "-cp",
            compiler.join(path.delimiter),
            "org.eclipse.jdt.internal.compiler.batch.Main",
            ...["-source", release, "-target", release],
            ...["-encoding", "UTF-8"],
            ...["-classpath", classPath.join(path.delimiter)],
            ...["-d", target],
            "-proc:none",
            "-nowarn",
            ...sources,
        ],
        {
            missing: `Install a Java runtime, version ${release} or newer, or set JAVA_HOME.`,
            failed: "The Liquibase session does not compile",
        },
    );
}
