import { EnvironmentVariables } from "../../../components/contract";
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
    PropertiesFileMissing: {
        code: "AP1003",
        what: "{file} is missing.",
        fix: "Create it with at least one line, the path of the root changelog: changeLogFile=changelog.yaml",
        exit: "refused",
    },
    PropertiesRefused: {
        code: "AP1004",
        what: "{file} has settings that the pipeline does not accept:",
        list: "problems",
        fix: "Correct or remove these lines.",
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
    ChangelogEndless: {
        code: "AP1008",
        what: "The changelog {changelog} cannot be read completely:",
        list: "files",
        fix: "Correct these files: includes must not be circular, and nesting and expansion are limited.",
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
    JavaMissing: {
        code: "AP1012",
        what: "Java is missing: it is neither on the build's PATH nor in JAVA_HOME.",
        fix: "Run the build in an image with a Java runtime, version 17 or newer.",
        exit: "refused",
    },
    JavaNotStarted: {
        code: "AP1013",
        what: "Java does not start: {reason}.",
        fix: "Run the build in an image with a working Java runtime, version 17 or newer.",
        exit: "refused",
    },
    SquawkMissing: {
        code: "AP1014",
        what: "The SQL linter squawk is missing or cannot be executed: {file} ({reason}).",
        fix: "It is part of the toolchain: rebuild that with npm run toolchain",
        exit: "refused",
    },
    SquawkFailed: {
        code: "AP1015",
        what: "The SQL linter squawk failed on {changeset} ({how}): {output}.",
        fix: "Start the build again; if it fails again, build the toolchain again: npm run toolchain",
        exit: "failed",
    },
    JarUnreadable: {
        code: "AP1016",
        what: "{file} is not a readable jar: {reason}.",
        fix: "Replace it with another copy, or remove it.",
        exit: "refused",
    },
    CertificatesUnreadable: {
        code: "AP1017",
        what: "The CA bundle {file} cannot be read ({reason}).",
        fix: "Rebuild the toolchain, which contains it (npm run toolchain), or correct PGSSLROOTCERT.",
        exit: "refused",
    },
    ProgramFault: {
        code: "AP1018",
        what: "The delivery program has a fault: {reason}.",
        fix: "Start the build again; if it fails again, report it with this log.",
        exit: "failed",
    },
});
