import { type ActionName, ExportedVariables, Outputs, Runtimes, Toolchain } from "./contract";

/** Name of the report in CodeBuild's report tab; its group is `<project>-<name>`. */
export const reportName = "liquibase";

/**
 * The build specification of one action, as text for the project (inline: the repository cannot change it). It is JSON,
 * which is YAML. Custom commands take the delivery program's place; everything around them stays.
 */
export function buildSpec(action: ActionName, customCommands: string[] = []): string {
    const commands =
        customCommands.length > 0
            ? customCommands
            : [`node "$CODEBUILD_SRC_DIR_Toolchain/${Toolchain.program}" ${action}`];
    return JSON.stringify(
        {
            version: 0.2,
            // Only a plan decides whether later stages run; an export that nobody reads would be noise in the console.
            ...(action === "plan" && { env: { "exported-variables": Object.values(ExportedVariables) } }),
            phases: {
                install: { "runtime-versions": Runtimes },
                build: {
                    commands,
                    // Also after a failure. All build commands share one shell, so that exports reach CodeBuild.
                    finally: [`if [ -f ${Outputs.exportsFile} ]; then . ./${Outputs.exportsFile}; fi`],
                },
            },
            reports: {
                [reportName]: {
                    files: ["**/*.xml"],
                    "base-directory": Outputs.reportsDirectory,
                    "file-format": "JUNITXML",
                },
            },
            artifacts: { files: ["**/*"], "base-directory": Outputs.artifactsDirectory },
        },
        null,
        2,
    );
}
