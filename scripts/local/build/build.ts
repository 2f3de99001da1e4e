import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { SecretStore } from "../cloud/secrets";
import { messageOf } from "../errors";
import type { ArtifactStore } from "../pipeline/artifacts";
import type { Phase } from "./buildSpec";
import { type BuildEnvironment, buildEnvironment } from "./environment";
import { copyFiles } from "./files";
import { createMask } from "./mask";
import type { EnvironmentVariable, Project } from "./project";
import { checkRuntimes, type Runtimes } from "./runtimes";
import { Shell } from "./shell";

export interface Build {
    id: string;
    project: Project;
    /** Variables of the action. */
    variables: EnvironmentVariable[];
    inputs: string[];
    primarySource: string;
    output?: string;
    /** What the source resolved to. */
    revision: string;
    initiator: string;
    region: string;
}

export interface BuildHost {
    artifacts: ArtifactStore;
    secrets: SecretStore;
    runtimes: Runtimes;
    /** What the build image would set beside: the authorities that the database's certificate chains to. */
    image: Record<string, string>;
    /** Directory for what the build leaves: log, reports. */
    results: string;
    log: (line: string) => void;
    signal: AbortSignal;
}

export interface BuildResult {
    succeeded: boolean;
    exported: Record<string, string>;
    message?: string;
}

/** Runs one build as CodeBuild does: phases in order, reports, artifacts (also after a failure), exported variables. */
export async function runBuild(build: Build, host: BuildHost): Promise<BuildResult> {
    const { buildSpec, timeoutMinutes } = build.project;
    const root = join(host.results, "work");
    const directories = unpackInputs(build, host.artifacts, root);
    const environment = prepareEnvironment(build, host, directories);
    const log = logTo(join(host.results, "build.log"), createMask(environment.secrets), host.log);
    const timeout = AbortSignal.timeout(timeoutMinutes * 60_000);
    const scratch = join(root, "commands");
    mkdirSync(scratch);
    const shell = new Shell({
        shell: buildSpec.shell,
        directory: directories.source,
        environment: environment.values,
        scratch,
        log,
        signal: AbortSignal.any([host.signal, timeout]),
    });
    try {
        checkRuntimes(buildSpec.runtimeVersions, host.runtimes);
        const failure = await runPhases(buildSpec.phases, shell, log);
        for (const report of buildSpec.reports) {
            copyFiles(directories.source, report, join(host.results, "reports", report.name));
        }
        const delivered = deliver(build, directories.source, host.artifacts);
        const exported = await shell.exported(buildSpec.exportedVariables);
        const message = failure ?? delivered;
        if (message) log(message);
        return { succeeded: !message, exported, ...(message && { message }) };
    } catch (error) {
        if (!timeout.aborted) throw error;
        return {
            succeeded: false,
            exported: {},
            message: `BUILD_TIMED_OUT: it took longer than the project's ${timeoutMinutes} minutes`,
        };
    } finally {
        await shell.close();
        rmSync(root, { recursive: true, force: true });
    }
}

interface Directories {
    source: string;
    /** Of the other inputs, by name. */
    others: Record<string, string>;
    home: string;
}

function unpackInputs(build: Build, artifacts: ArtifactStore, root: string): Directories {
    const directories: Directories = { source: join(root, "src"), others: {}, home: join(root, "home") };
    for (const input of build.inputs) {
        const primary = input === build.primarySource;
        const target = primary ? directories.source : join(root, "inputs", input);
        artifacts.unpack(input, target);
        if (!primary) directories.others[input] = target;
    }
    mkdirSync(directories.home);
    return directories;
}

function prepareEnvironment(build: Build, host: BuildHost, directories: Directories): BuildEnvironment {
    const { project } = build;
    const own: Record<string, string> = {
        ...host.image,
        PATH: [host.runtimes.nodeDirectory, process.env["PATH"]].filter(Boolean).join(delimiter),
        HOME: directories.home,
        PWD: directories.source,
        JAVA_HOME: host.runtimes.javaHome,
        LANG: "C.UTF-8",
        AWS_REGION: build.region,
        AWS_DEFAULT_REGION: build.region,
        CODEBUILD_CI: "true",
        CODEBUILD_BUILD_ID: `${project.name}:${build.id}`,
        CODEBUILD_BUILD_ARN: `${project.arn.replace(":project/", ":build/")}:${build.id}`,
        CODEBUILD_BUILD_IMAGE: project.image,
        CODEBUILD_BUILD_NUMBER: "1",
        CODEBUILD_BUILD_SUCCEEDING: "1",
        CODEBUILD_INITIATOR: build.initiator,
        CODEBUILD_LOG_PATH: build.id,
        CODEBUILD_RESOLVED_SOURCE_VERSION: build.revision,
        CODEBUILD_SOURCE_VERSION: build.revision,
        CODEBUILD_START_TIME: String(Date.now()),
        CODEBUILD_SRC_DIR: directories.source,
        ...Object.fromEntries(
            Object.entries(directories.others).map(([name, path]) => [`CODEBUILD_SRC_DIR_${name}`, path]),
        ),
    };
    return buildEnvironment(project, build.variables, own, host.secrets);
}

/** Runs the phases, and tells why the build failed; undefined when it did not. */
async function runPhases(phases: readonly Phase[], shell: Shell, log: (line: string) => void) {
    let failure: string | undefined;
    for (const phase of phases) {
        log(`Entering phase ${phase.name.toUpperCase()}`);
        const error = (await runCommands(phase, phase.commands, shell, log)) ?? undefined;
        const finallyError = await runCommands(phase, phase.finally, shell, log);
        const problem = error ?? finallyError;
        log(`Phase complete: ${phase.name.toUpperCase()} State: ${problem ? "FAILED" : "SUCCEEDED"}`);
        if (!problem || phase.onFailure === "CONTINUE") continue;
        failure ??= problem;
        await shell.run("export CODEBUILD_BUILD_SUCCEEDING=0");
        // A failed build phase is followed by post_build, any other failure by nothing.
        if (phase.name !== "build" || phase.onFailure === "ABORT") break;
    }
    return failure;
}

async function runCommands(phase: Phase, commands: string[], shell: Shell, log: (line: string) => void) {
    for (const command of commands) {
        log(`Running command ${command}`);
        const status = await shell.run(command);
        if (status !== 0) {
            return `COMMAND_EXECUTION_ERROR in phase ${phase.name}: exit status ${status} of: ${command}`;
        }
    }
    return undefined;
}

/** Copies the output artifact; tells what is wrong with it. */
function deliver({ project, output }: Build, source: string, artifacts: ArtifactStore): string | undefined {
    const set = project.buildSpec.artifacts;
    if (!output) return undefined;
    if (!set) return `The action declares the output "${output}", but the build specification has no artifacts.`;
    try {
        const count = copyFiles(source, set, artifacts.create(output));
        return count === 0 ? `CLIENT_ERROR: no matching artifact paths found in ${set.baseDirectory}` : undefined;
    } catch (error) {
        return `CLIENT_ERROR: ${messageOf(error)}`;
    }
}

function logTo(file: string, mask: (line: string) => string, show: (line: string) => void) {
    return (line: string) => {
        const masked = mask(line);
        appendFileSync(file, `${masked}\n`, { mode: 0o600 });
        show(masked);
    };
}
