import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { networkVariables, pick } from "../../delivery/network";
import type { SecretStore } from "../cloud/secrets";
import { messageOf, programErrors } from "../errors";
import type { ArtifactStore } from "../pipeline/artifacts";
import type { Phase } from "./buildSpec";
import { type BuildEnvironment, buildEnvironment } from "./environment";
import { copyFiles } from "./files";
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
    const cause = new Cause();
    const log = logTo(join(host.results, "build.log"), createMask(environment.secrets), (line) => {
        cause.hear(line);
        if (isRead(line, cause)) host.log(line);
    });
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
        const logged = failure?.logged ?? delivered;
        if (logged !== undefined) log(logged);
        const message = failure === undefined ? delivered : (cause.message ?? failure.message);
        return { succeeded: !message, exported, ...(message && { message }) };
    } catch (error) {
        if (!timeout.aborted) throw error;
        return {
            succeeded: false,
            exported: {},
            message: new programErrors.BuildTimedOut({ minutes: timeoutMinutes }).message,
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
        // A build on AWS has the network that the stack gives it; here it has this machine's.
        ...pick(networkVariables),
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
    let failure: CommandFailure | undefined;
    for (const phase of phases) {
        log(`Entering phase ${phase.name.toUpperCase()}`);
        const error = await runCommands(phase, phase.commands, shell, log);
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

interface CommandFailure {
    /** As CodeBuild's own log has it. */
    logged: string;
    /** For users who do not read the log. */
    message: string;
}

async function runCommands(
    phase: Phase,
    commands: string[],
    shell: Shell,
    log: (line: string) => void,
): Promise<CommandFailure | undefined> {
    for (const command of commands) {
        // A script of many lines says nothing that its output does not.
        const [first = "", ...more] = command.split("\n");
        const shown = more.length === 0 ? first : `${first} …`;
        log(`Running command ${shown}`);
        const status = await shell.run(command);
        if (status !== 0) {
            const facts = { phase: phase.name, status, command: shown };
            return {
                logged: `COMMAND_EXECUTION_ERROR in phase ${phase.name}: exit status ${status} of: ${shown}`,
                message: new programErrors.CommandFailed(facts).message,
            };
        }
    }
    return undefined;
}

/** Why a build fails, by the last line of its log that begins with a code: that names the cause and the next step. */
class Cause {
    message: string | undefined;

    hear(line: string): void {
        this.message = /^(?:Failed in \w+: )?(AP\d{4}: .*)$/.exec(line)?.[1] ?? this.message;
    }
}

/** Whether a line is for people: CloudWatch makes metrics from some, and an exit status says less than a known cause. */
function isRead(line: string, { message }: Cause): boolean {
    return !line.startsWith('{"_aws":') && (message === undefined || !line.startsWith("COMMAND_EXECUTION_ERROR in "));
}

/** Whether a line of a build's log names the running step rather than a command's output. */
export function isFraming(line: string): boolean {
    return /^(Entering phase|Phase complete:|Running command|COMMAND_EXECUTION_ERROR in phase) /.test(line);
}

/** Copies the output artifact; returns its problem, if any. */
function deliver({ project, output }: Build, source: string, artifacts: ArtifactStore): string | undefined {
    const set = project.buildSpec.artifacts;
    if (!output) return undefined;
    if (!set) return new programErrors.ArtifactsUndefined({ output }).message;
    try {
        const count = copyFiles(source, set, artifacts.create(output));
        const nothing = () => new programErrors.ArtifactsNotFound({ directory: set.baseDirectory }).message;
        return count === 0 ? nothing() : undefined;
    } catch (error) {
        return new programErrors.ArtifactsNotCopied({ reason: messageOf(error) }).message;
    }
}

function logTo(file: string, mask: (line: string) => string, show: (line: string) => void) {
    return (line: string) => {
        const masked = mask(line);
        appendFileSync(file, `${masked}\n`, { mode: 0o600 });
        show(masked);
    };
}

/** Masks secrets in a log line, as CodeBuild does. The longest first: one may be part of another. */
export function createMask(secrets: readonly string[]): (line: string) => string {
    const values = [...new Set(secrets)].filter(Boolean).sort((one, other) => other.length - one.length);
    return (line) => values.reduce((text, secret) => text.replaceAll(secret, "***"), line);
}
