import { caBundleVariable, EnvironmentVariables } from "../../../components/contract";
import { defineErrors } from "./define";

/** Input of a build: variables, files of the migrations directory, the toolchain. */
export const inputErrors = defineErrors({
    SettingsRefused: {
        code: "AP1001",
        what: "The build cannot start:",
        list: "problems",
        fix: "Correct these variables in the CodeBuild project or in the pipeline that starts the build; `pulumi up` sets them.",
        exit: "refused",
    },
    MigrationsDirectoryMissing: {
        code: "AP1002",
        what: "The migrations directory {directory} does not exist.",
        fix: `Commit it, or correct ${EnvironmentVariables.migrationsDirectory}, which names it relative to the root of the source.`,
        exit: "refused",
    },
    FileUnreadable: {
        code: "AP1005",
        what: "{file} cannot be read ({reason}).",
        fix: "Make it readable for the build's user.",
        exit: "refused",
    },
    FilesRefused: {
        code: "AP1006",
        what: "{directory}: these files cannot be migrations:",
        list: "problems",
        fix: "Correct or remove each of them, commit, and push.",
        exit: "refused",
    },
    MigrationsOutsideSource: {
        code: "AP1007",
        what: "The migrations directory {directory} is a symbolic link to {target}, outside the source.",
        fix: "Put the directory itself into the source, or link to one in the source.",
        exit: "refused",
    },
    ChecksMalformed: {
        code: "AP1009",
        what: "The verification file {file} is malformed:",
        list: "problems",
        fix: "Begin each check with a line `-- check: <name>`, and write one query after it.",
        exit: "refused",
    },
    LintFileNotYaml: {
        code: "AP1010",
        what: "{file} is not valid YAML: {reason}.",
        fix: "Correct its syntax at that place.",
        exit: "refused",
    },
    LintFileRefused: {
        code: "AP1011",
        what: "{file} has settings that the linter does not accept:",
        list: "problems",
        fix: "Correct or remove these entries; docs/lint.md lists the rules and levels.",
        exit: "refused",
    },
    CertificatesUnreadable: {
        code: "AP1017",
        what: "The CA bundle {file} cannot be read ({reason}).",
        fix: `Rebuild the toolchain, which contains it (npm run toolchain), or correct ${caBundleVariable}.`,
        exit: "refused",
    },
    BaselineMalformed: {
        code: "AP1022",
        what: "{file} is not what `npm run baseline` writes: {reason}.",
        fix: "Run `npm run baseline` again, and commit the file as it is written.",
        exit: "refused",
    },
    ProgramFault: {
        code: "AP1018",
        what: "The delivery program has a fault: {reason}.",
        fix: "Start the build again; if it fails again, report it with this log.",
        exit: "failed",
    },
});
