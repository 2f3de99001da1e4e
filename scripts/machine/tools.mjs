// Java and Maven for the commands that run them. Plain JavaScript without dependencies, because it runs before anything
// is installed.
import { delimiter, join } from "node:path";
import { machineFacts } from "./facts.mjs";
import { javaNeeded, javaProblem, provideJava } from "./java.mjs";
import { mavenNeeded, mavenProblem, provideMaven } from "./maven.mjs";
import { sourcesFor } from "./sources.mjs";

/**
 * What this machine lacks and nothing here can install (`missing`, a sentence each); and what installs the rest, says so,
 * and returns the environment with which `java` and `mvn` run (`provide`, which throws such a sentence). Maven is not among
 * the first: it can be installed wherever npm can.
 */
export function javaAndMaven(env) {
    const problem = javaProblem(env);
    const facts = problem && machineFacts(env);
    const hopeless = problem && sourcesFor(facts).length === 0;
    return {
        missing: hopeless ? [javaNeeded(problem, facts).message] : [],
        provide: (log) => withMaven(problem ? withJava(env, problem, facts, log) : env, log),
    };
}

/** The environment with this directory first on the PATH. */
export function withPath(env, directory) {
    // Windows calls it Path.
    const name = Object.keys(env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
    return { ...env, [name]: [directory, env[name]].join(delimiter) };
}

function withJava(env, problem, facts, log) {
    const java = provideJava(facts, env, log);
    if (java === undefined) {
        throw javaNeeded(problem, facts);
    }
    log(instead(problem, `Java ${java.major}`, java.home));
    return { ...withPath(env, join(java.home, "bin")), JAVA_HOME: java.home };
}

/** After Java: without it no Maven says its version. */
function withMaven(env, log) {
    const problem = mavenProblem(env);
    if (problem === undefined) {
        return env;
    }
    const maven = provideMaven(env, log);
    if (maven === undefined) {
        throw mavenNeeded(problem, machineFacts(env));
    }
    log(instead(problem, `Apache Maven ${maven.version}`, maven.home));
    return withPath(env, join(maven.home, "bin"));
}

function instead(problem, what, where) {
    return `${problem[0].toUpperCase()}${problem.slice(1)}; this runs on ${what} instead, in ${where}.`;
}
