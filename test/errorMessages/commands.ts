import type { baselineErrors } from "../../scripts/baseline/errors";
import type { reviewErrors } from "../../scripts/review/errors";
import type { generatorErrors } from "../../scripts/generatorErrors";
import type { machineErrors } from "../../scripts/machine/errors.cjs";
import type { scaffoldErrors } from "../../scripts/scaffold/errors";
import type { toolchainErrors } from "../../scripts/toolchain/errors";
import type { Messages } from "./row";

export const toolchainMessages: Messages<typeof toolchainErrors> = {
    ProgramMissing: {
        code: "AP3401",
        facts: { program: "Maven", fix: "Install it: apt-get install maven" },
        message: "AP3401: Maven is missing. Install it: apt-get install maven",
    },
    ProgramFailed: {
        code: "AP3402",
        facts: { task: "Compiling the Java part failed", output: "Guard.java:1: error: class expected" },
        message: [
            "AP3402: Compiling the Java part failed:",
            "Guard.java:1: error: class expected",
            "Correct the cause, and run the command again.",
        ].join("\n"),
    },
    PomMissing: {
        code: "AP3403",
        facts: { pom: "examples/pom.xml" },
        message: "AP3403: examples/pom.xml does not exist. Name directories that have a pom.xml.",
    },
    PackageNotPinned: {
        code: "AP3404",
        facts: { place: "node_modules/squawk-cli" },
        message:
            "AP3404: package-lock.json does not pin node_modules/squawk-cli by version and SHA-512. Regenerate it with npm install.",
    },
    JarsReplaced: {
        code: "AP3405",
        facts: { lock: "migrations/jars.lock.json", problems: ["org.one:a:1 is pinned, but was not resolved"] },
        message: [
            "AP3405: migrations/jars.lock.json: Maven resolved jars that differ from the pinned ones. Nothing was built:",
            "  - org.one:a:1 is pinned, but was not resolved",
            "If pom.xml changed on purpose, run `npm run lock` and review the difference. If it did not, a jar was replaced: find out how, and delete it from Maven's local repository (~/.m2/repository).",
        ].join("\n"),
    },
    PinsMissing: {
        code: "AP3406",
        facts: { file: "migrations/jars.lock.json" },
        message:
            "AP3406: migrations/jars.lock.json is missing: it pins the jars of pom.xml by their SHA-256. Restore it from Git, or regenerate it: npm run lock",
    },
    PinsMalformed: {
        code: "AP3407",
        facts: { file: "migrations/jars.lock.json", given: ['"org.one:a:1": "ab12"'] },
        message: [
            "AP3407: migrations/jars.lock.json: `jars` must map each jar's coordinates to its SHA-256, 64 hexadecimal digits. Invalid:",
            '  - "org.one:a:1": "ab12"',
            "Restore it from Git, or regenerate it: npm run lock",
        ].join("\n"),
    },
    PinsNotJson: {
        code: "AP3408",
        facts: { file: "migrations/jars.lock.json", reason: "Unexpected end of JSON input" },
        message:
            "AP3408: migrations/jars.lock.json is not valid JSON (Unexpected end of JSON input). Restore it from Git, or regenerate it: npm run lock",
    },
    PackageReplaced: {
        code: "AP3409",
        facts: { name: "squawk-cli", version: "2.61.0", pinned: "ab12", found: "cd34" },
        message:
            "AP3409: squawk-cli 2.61.0 is not the package that package-lock.json pins: pinned SHA-512 ab12, fetched cd34. Nothing was built. Check the npm registry that served it.",
    },
};

export const machineMessages: Messages<typeof machineErrors> = {
    NodeTooOld: {
        code: "AP3501",
        facts: { oldest: "22.13.1", version: "18.20.0" },
        message: "AP3501: Node.js 22.13.1 or newer is needed; this is 18.20.0. Install it from https://nodejs.org.",
    },
    JavaNeeded: {
        code: "AP3502",
        facts: { oldest: "17", problem: "java on the PATH is 11", command: "apt-get install openjdk-17-jre-headless" },
        message:
            "AP3502: Java 17 or newer is needed to run Liquibase; java on the PATH is 11. Install it: apt-get install openjdk-17-jre-headless",
    },
    MavenNeeded: {
        code: "AP3503",
        facts: { oldest: "3.6", problem: "no mvn on the PATH", command: "apt-get install maven" },
        message:
            "AP3503: Maven 3.6 or newer is needed to resolve Liquibase and the JDBC drivers; no mvn on the PATH. Install it: apt-get install maven",
    },
    NodeNotOffered: {
        code: "AP3504",
        facts: { version: "21", allowed: "22, 24, 26" },
        message: "AP3504: Node.js 21 cannot be installed. Allowed: 22, 24, 26.",
    },
    NodeNotForPlatform: {
        code: "AP3505",
        facts: { version: "24", platform: "freebsd", architecture: "x64" },
        message: "AP3505: npm has no Node.js 24 for freebsd on x64. Install it from https://nodejs.org.",
    },
    CommandUnknown: {
        code: "AP3506",
        facts: { command: "strat", allowed: "start, stop" },
        message: "AP3506: Unknown command strat. Allowed: start, stop.",
    },
    DependenciesNotInstalled: {
        code: "AP3507",
        facts: {},
        message: "AP3507: npm ci failed; see its message above. Correct the cause, and run the command again.",
    },
    ArchiveReplaced: {
        code: "AP3508",
        facts: { file: "apache-maven-3.9.9-bin.tar.gz", pinned: "ab12", found: "cd34" },
        message:
            "AP3508: apache-maven-3.9.9-bin.tar.gz has the wrong checksum: pinned SHA-256 ab12, found cd34. It was not run. Check the Maven repository that served it.",
    },
    JavaNotInstalled: {
        code: "AP3509",
        facts: {},
        message:
            "AP3509: pip could not install Java. See pip's message above. The next source is tried, if there is one.",
    },
    MavenNotInstalled: {
        code: "AP3510",
        facts: {},
        message: "AP3510: Apache Maven could not be installed. The messages above say why.",
    },
};

export const scaffoldMessages: Messages<typeof scaffoldErrors> = {
    DescriptionEmpty: {
        code: "AP3601",
        facts: { description: '"?!"' },
        message:
            'AP3601: The description "?!" has no letter or digit for the file name. Say what the change does: npm run new-migration -- "add orders table"',
    },
    FolderOutside: {
        code: "AP3602",
        facts: { folder: "../other", migrations: "migrations", example: "migrations/changesets" },
        message:
            "AP3602: The folder ../other is not in the migrations directory migrations. Name one below it: --folder migrations/changesets",
    },
    MigrationMisplaced: {
        code: "AP3603",
        facts: {
            file: "migrations/changesets/008-orders.sql",
            problem: "the changelog does not include it",
            fix: "Name a folder that the changelog includes.",
        },
        message:
            "AP3603: migrations/changesets/008-orders.sql was not written: the changelog does not include it. Name a folder that the changelog includes.",
    },
    MigrationNotWritten: {
        code: "AP3604",
        facts: { file: "migrations/changesets/008-orders.sql", reason: "EACCES: permission denied" },
        message:
            "AP3604: migrations/changesets/008-orders.sql cannot be written (EACCES: permission denied). Correct that, or name another folder with --folder.",
    },
    ProfileUnknown: {
        code: "AP3605",
        facts: { profile: "huge", allowed: "dev, prod" },
        message: 'AP3605: There is no profile "huge". Allowed: dev, prod.',
    },
    EnvironmentExists: {
        code: "AP3606",
        facts: { file: "Pulumi.staging.yaml" },
        message: "AP3606: Pulumi.staging.yaml already exists. Choose another name, or edit that file.",
    },
    ProgramUnreadable: {
        code: "AP3607",
        facts: { file: "Pulumi.yaml", reason: "bad indentation of a mapping entry (2:5)" },
        message:
            "AP3607: Pulumi.yaml cannot be read (bad indentation of a mapping entry (2:5)). Correct it, or restore it from Git.",
    },
};

export const generatorMessages: Messages<typeof generatorErrors> = {
    MarkersMissing: {
        code: "AP3701",
        facts: { file: "docs/lint.md", opening: "<!-- rules -->", closing: "<!-- /rules -->" },
        message:
            "AP3701: docs/lint.md lacks the lines <!-- rules --> and <!-- /rules -->. Put them back around the generated part.",
    },
    ReplacementUnknown: {
        code: "AP3702",
        facts: { property: "newInput", type: "aws:rds/cluster:Cluster" },
        message:
            "AP3702: It is not recorded whether a change of newInput replaces a aws:rds/cluster:Cluster. Look it up in the provider's schema, and add it to scripts/changes/provider.ts.",
    },
    ComponentsNotCompiled: {
        code: "AP3703",
        facts: {},
        message:
            "AP3703: The components do not compile; the compiler's messages are above. Correct them, and run the command again.",
    },
    CommandFailed: {
        code: "AP3704",
        facts: { command: "npm pack", exit: "exit code 1", output: "npm error code ENOSPC" },
        message: [
            "AP3704: npm pack ended with exit code 1:",
            "npm error code ENOSPC",
            "Correct the cause, and run the command again.",
        ].join("\n"),
    },
    PageNotGiven: {
        code: "AP3705",
        facts: {},
        message:
            "AP3705: No plan page was given. Pass the path of the plan.html: npm run picture -- .local/runs/…/artifacts/DeployPlan/plan.html",
    },
};

export const baselineMessages: Messages<typeof baselineErrors> = {
    CatalogUnreadable: {
        code: "AP3801",
        facts: { file: "catalog.json", reason: "ENOENT: no such file or directory" },
        message:
            "AP3801: catalog.json is not a catalog (ENOENT: no such file or directory). Pass the catalog.json that the action Plan leaves in its artifact.",
    },
    GeneratedExists: {
        code: "AP3802",
        facts: { file: "migrations/changesets/000-baseline.sql" },
        message:
            "AP3802: migrations/changesets/000-baseline.sql exists, and --generate writes it. Leave --generate out, or remove the file to generate it again.",
    },
    GeneratedNotIncluded: {
        code: "AP3803",
        facts: { file: "changesets/000-baseline.sql" },
        message:
            "AP3803: The changelog does not include changesets/000-baseline.sql. Include it before every other file, and run the command again without --generate.",
    },
    TagNotInChangelog: {
        code: "AP3804",
        facts: { tag: "v3", known: "v1, v2" },
        message: "AP3804: No changeset sets the tag v3. Tags of the changelog: v1, v2.",
    },
    ChangelogFails: {
        code: "AP3805",
        facts: { reason: "AP1401: The update failed." },
        message:
            "AP3805: The changesets cannot be applied to an empty database: AP1401: The update failed. Correct them: a new database has to be made from the same changelog.",
    },
    CatalogNotGiven: {
        code: "AP3806",
        facts: {},
        message:
            "AP3806: --generate needs the catalog of the database. Pass it: npm run baseline -- --generate --catalog catalog.json",
    },
};

export const reviewMessages: Messages<typeof reviewErrors> = {
    ReviewInputUnreadable: {
        code: "AP3901",
        facts: { file: "dev.json", form: "the output of `pulumi preview --json`", reason: "it has no list of steps" },
        message:
            "AP3901: dev.json cannot be read as the output of `pulumi preview --json` (it has no list of steps). Make it again with that command, or leave the option out.",
    },
    ReviewNotPosted: {
        code: "AP3903",
        facts: { host: "GitHub", status: "403", request: "POST /repos/my/orders/issues/7/comments" },
        message:
            "AP3903: The review was not posted: GitHub answered 403 to POST /repos/my/orders/issues/7/comments. Check the token's permissions, and run the job again.",
    },
    ReviewVariablesMissing: {
        code: "AP3904",
        facts: { host: "GitLab", variables: "CI_MERGE_REQUEST_IID, REVIEW_TOKEN" },
        message:
            "AP3904: The review was not posted: GitLab needs CI_MERGE_REQUEST_IID, REVIEW_TOKEN, which are not set. Run it in a pipeline of a pull request, with the token in its variable.",
    },
    PreviewUnnamed: {
        code: "AP3902",
        facts: { given: "dev.json" },
        message:
            "AP3902: --preview dev.json does not name its environment. Write --preview <environment>=<file>, for example --preview prod=prod.json.",
    },
};
