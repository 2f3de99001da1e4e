import {
    type ActionName,
    Artifacts,
    bootstrapAction,
    driftAction,
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
    const specification = {
        version: 0.2,
        ...(exported[action] && { env: { "exported-variables": Object.values(exported[action]) } }),
        phases: {
            ...(choosesRuntimes && { install: { "runtime-versions": Runtimes } }),
            build: {
                commands: customCommands.length > 0 ? customCommands : [commandOf(action)],
                // Also after a failure. All build commands share one shell, so that exports reach CodeBuild.
                finally: [`if [ -f ${Outputs.exportsFile} ]; then . ./${Outputs.exportsFile}; fi`],
            },
        },
        reports,
        artifacts: { files: ["**/*"], "base-directory": Outputs.artifactsDirectory },
    };
    return JSON.stringify(specification, null, 2);
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
