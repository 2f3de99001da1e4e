import {
    Action,
    Artifacts,
    deliveryCommand,
    exportedCharacters,
    ExportedVariables,
    Outputs,
    reapCommand,
    RehearsalExports,
    type ReleaseCommand,
    Runtimes,
    Toolchain,
} from "../contract";

/** Name of the report in CodeBuild's report tab; its report group is `<project>-<name>`. */
export const reportName = "liquibase";

export interface BuildSpecArgs {
    action: ReleaseCommand;
    /** Commands that replace the delivery program; everything around them stays the same. */
    customCommands?: string[];
    /** CodeBuild's own images let a build choose runtime versions; other images fail if asked to. */
    choosesRuntimes: boolean;
}

const reports = {
    [reportName]: {
        files: ["**/*.xml"],
        "base-directory": Outputs.reportsDirectory,
        "file-format": "JUNITXML",
    },
};

/** The variables that later stages read: a plan's decide whether they run, a rehearsal's inform the approver. */
const exported: Partial<Record<ReleaseCommand, Record<string, string>>> = {
    plan: ExportedVariables,
    rehearse: RehearsalExports,
};

/**
 * The build specification of one action, as text in the project (inline: the repository cannot change it). It is JSON,
 * which is valid YAML.
 */
export function buildSpec({ action, customCommands = [], choosesRuntimes }: BuildSpecArgs): string {
    const names = Object.values(exported[action] ?? {});
    const specification = {
        version: 0.2,
        ...(names.length > 0 && { env: { "exported-variables": names } }),
        phases: {
            ...(choosesRuntimes && { install: { "runtime-versions": Runtimes } }),
            build: {
                commands: customCommands.length > 0 ? customCommands : [commandOf(action)],
                // Runs after a failure too. All build commands share one shell, so that exports reach CodeBuild.
                ...(names.length > 0 && { finally: [readExports(names)] }),
            },
        },
        reports,
        artifacts: { files: ["**/*"], "base-directory": Outputs.artifactsDirectory },
    };
    return JSON.stringify(specification, null, 2);
}

/**
 * Shell commands that export the variables in the build's exports file. The file is read, never sourced: otherwise
 * anyone who can write a file in the source could run commands in the build. `export "$line"` assigns the value
 * literally; only lines with one of the names and with harmless characters get there.
 */
function readExports(names: string[]): string {
    const file = Outputs.exportsFile;
    return [
        `if [ -f ${file} ]; then`,
        `  refused=`,
        `  while IFS= read -r line || [ -n "$line" ]; do`,
        `    case "$line" in`,
        `      *[!=${exportedCharacters}]*) refused=yes ;;`,
        `      ${names.map((name) => `${name}=*`).join("|")}) export "$line" ;;`,
        `      *) refused=yes ;;`,
        `    esac`,
        `  done < ${file}`,
        `  if [ -n "$refused" ]; then`,
        `    echo "${file} has a line that is not exported. Allowed: NAME=value, a NAME of ${names.join(", ")}, and in the value ${exportedCharacters}" >&2`,
        `    false`,
        `  fi`,
        `fi`,
    ].join("\n");
}

/** The build specification of the bootstrap, which has the pipeline's sources and writes a report. */
export function bootstrapSpec(choosesRuntimes: boolean): string {
    return JSON.stringify(
        { ...withoutJava(commandOf(deliveryCommand(Action.Bootstrap)), choosesRuntimes), reports },
        null,
        2,
    );
}

/** The build specification of drift detection, whose source is the toolchain itself. */
export function driftSpec(choosesRuntimes: boolean): string {
    return JSON.stringify(
        { ...withoutJava(ownCommandOf(deliveryCommand(Action.Drift)), choosesRuntimes), reports },
        null,
        2,
    );
}

/**
 * The build specification of the reaper, whose source is also the toolchain itself; it always uses CodeBuild's image.
 */
export function reaperSpec(): string {
    return JSON.stringify(withoutJava(ownCommandOf(reapCommand), true), null, 2);
}

/** A build that does not run Liquibase. */
function withoutJava(command: string, choosesRuntimes: boolean): object {
    return {
        version: 0.2,
        phases: {
            ...(choosesRuntimes && { install: { "runtime-versions": { nodejs: Runtimes.nodejs } } }),
            build: { commands: [command] },
        },
    };
}

/** The directory of the toolchain in a build where it is the second source. */
function commandOf(action: string): string {
    return `node "$CODEBUILD_SRC_DIR_${Artifacts.toolchain}/${Toolchain.program}" ${action}`;
}

/** The directory of the toolchain in a build where it is the only source. */
function ownCommandOf(action: string): string {
    return `node ${Toolchain.program} ${action}`;
}
