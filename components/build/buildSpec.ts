import {
    type ActionName,
    Artifacts,
    bootstrapAction,
    driftAction,
    exportedCharacters,
    ExportedVariables,
    Outputs,
    reapAction,
    RehearsalExports,
    Runtimes,
    Toolchain,
} from "../contract";

/** Name of the report in CodeBuild's report tab; its group is `<project>-<name>`. */
export const reportName = "liquibase";

export interface BuildSpecArgs {
    action: ActionName;
    /** They take the delivery program's place; everything around them stays. */
    customCommands?: string[];
    /** CodeBuild's own images choose between runtimes; others fail when they are asked to. */
    choosesRuntimes: boolean;
}

const reports = {
    [reportName]: {
        files: ["**/*.xml"],
        "base-directory": Outputs.reportsDirectory,
        "file-format": "JUNITXML",
    },
};

/** What later stages see: a plan decides whether they run, a rehearsal says what its approver should know. */
const exported: Partial<Record<ActionName, Record<string, string>>> = {
    plan: ExportedVariables,
    rehearse: RehearsalExports,
};

/**
 * The build specification of one action, as text for the project (inline: the repository cannot change it). It is JSON,
 * which is YAML.
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
                // Also after a failure. All build commands share one shell, so that exports reach CodeBuild.
                ...(names.length > 0 && { finally: [readExports(names)] }),
            },
        },
        reports,
        artifacts: { files: ["**/*"], "base-directory": Outputs.artifactsDirectory },
    };
    return JSON.stringify(specification, null, 2);
}

/**
 * Shell commands that export what the build left in its exports file. The file is read, never sourced: whoever can
 * write a file in the source would otherwise have a shell in the build. `export "$line"` assigns a value as it stands;
 * only a line with one of the names and harmless characters gets there.
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

/** The build specification of the bootstrap, which has the pipeline's sources and leaves a report. */
export function bootstrapSpec(choosesRuntimes: boolean): string {
    return JSON.stringify({ ...withoutJava(commandOf(bootstrapAction), choosesRuntimes), reports }, null, 2);
}

/** The build specification of a look for drift, whose source is the toolchain itself. */
export function driftSpec(choosesRuntimes: boolean): string {
    return JSON.stringify({ ...withoutJava(ownCommandOf(driftAction), choosesRuntimes), reports }, null, 2);
}

/** The build specification of the reaper, whose source is the toolchain itself, too; it always has CodeBuild's image. */
export function reaperSpec(): string {
    return JSON.stringify(withoutJava(ownCommandOf(reapAction), true), null, 2);
}

/** A build that runs no Liquibase. */
function withoutJava(command: string, choosesRuntimes: boolean): object {
    return {
        version: 0.2,
        phases: {
            ...(choosesRuntimes && { install: { "runtime-versions": { nodejs: Runtimes.nodejs } } }),
            build: { commands: [command] },
        },
    };
}

/** Of a build whose toolchain is its second source. */
function commandOf(action: string): string {
    return `node "$CODEBUILD_SRC_DIR_${Artifacts.toolchain}/${Toolchain.program}" ${action}`;
}

/** Of a build whose only source is the toolchain. */
function ownCommandOf(action: string): string {
    return `node ${Toolchain.program} ${action}`;
}
