import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as fs from "node:fs";
import { buildSecurityGroup, networkPaths } from "./buildNetwork";
import { buildSpec, driftSpec, reportName } from "./buildSpec";
import { type ActionName, AuthenticationVariables, EnvironmentVariables } from "./contract";
import { withDefaults } from "./defaults";
import { type DriftArgs, driftRules, driftStatements, inputOf, scheduleDrift } from "./drift";
import { type GuardArgs, guardRules, guardVariables, snapshotOf, snapshotStatements } from "./guards";
import { locationOf } from "./location";
import { Egress } from "./network";
import type { DatabaseRef, NetworkRef, SecretRef } from "./references";
import { clonesOf, makesClones, type RehearsalArgs, rehearsalRules, rehearsalVariables } from "./rehearsal";
import { makeClones } from "./rehearsalStatements";
import { credentialRules, databaseRules, listOfTexts, networkRules, optionalGroup, tagsRule, text } from "./shape";
import * as statements from "./statements";
import { packagedToolchain } from "./toolchain";
import { kmsKey, logRetention, matching, oneOf, required, type Rule, validate, wholeNumber } from "./validation";

/** What a build does. */
export const Action = {
    /** Says which changesets would run, with their SQL, and changes nothing. */
    Plan: "Plan",
    /** Runs and undoes them on a copy of the data, and measures what they lock. */
    Rehearse: "Rehearse",
    /** Runs them, and checks the result. */
    Deploy: "Deploy",
    /** Undoes a release and everything after it. */
    Rollback: "Rollback",
    /** On a schedule of its own, without the pipeline: fails when somebody changed the catalog by hand. */
    Drift: "Drift",
} as const;
export type Action = (typeof Action)[keyof typeof Action];

/** What applies the migrations. */
export const Tool = {
    /** Liquibase, by the delivery program in the toolchain. */
    Liquibase: "Liquibase",
    /** Your own `customCommands`. */
    Custom: "Custom",
} as const;
export type Tool = (typeof Tool)[keyof typeof Tool];

/** Arguments of a `MigrationBuild`. Unless said otherwise, a change is made in place and costs nothing. */
export interface MigrationBuildArgs {
    /** What the build does: "Plan", "Rehearse", "Deploy", "Rollback" or "Drift". */
    action: Action;
    /** What applies the migrations: "Liquibase" or "Custom". Default: "Liquibase". */
    tool?: Tool;
    /** The VPC that builds run in. Another VPC replaces the security group. */
    network: NetworkRef;
    /** The database to change; the build adds the rule that admits it to the database's security group. */
    database: DatabaseRef;
    /** The credential to change it with. The build reads this secret and no other. */
    credential: SecretRef;
    /** Name of the environment, for reports: `dev`, `prod`. */
    environmentName: string;
    /** Directory in the source that holds the migrations, relative to its root. Default: "migrations". */
    migrationsDirectory?: string;
    /**
     * Path of the toolchain archive (ZIP): absolute, or relative to the program's working directory. Default: the archive
     * that comes with the package. The pipeline uploads the deploy build's.
     */
    toolchain?: string;
    /** Minutes after which a build is stopped, 5 to 2160. Default: 60. A long index build may need more. */
    timeoutMinutes?: number;
    /**
     * Size of the build's machine: "BUILD_GENERAL1_SMALL", "…_MEDIUM", "…_LARGE", "…_XLARGE" or "…_2XLARGE". Default:
     * "BUILD_GENERAL1_SMALL", $0.005 a minute; the database does the work.
     */
    computeType?: string;
    /**
     * Build image, for Linux on x86. Default: "aws/codebuild/amazonlinux-x86_64-standard:5.0". An image of your own in
     * Amazon ECR needs Java and Node.js, and a repository policy that lets `codebuild.amazonaws.com` pull it.
     */
    image?: string;
    /**
     * How builds reach AWS, as the network offers it: "NatPerAz" or "SingleNat" open port 443 to the internet, "Endpoints"
     * only to the network's interface endpoints and S3. Default: "SingleNat".
     */
    egress?: Egress;
    /** Days that the build's log is kept for, one of CloudWatch Logs' values. Default: 30. */
    logRetentionInDays?: number;
    /**
     * ARN of the KMS key for the log and the artifacts; its policy must admit CloudWatch Logs, and the pipeline must have
     * the same one, or it could not read what the build leaves. Default: the keys that AWS manages for both.
     */
    kmsKeyArn?: pulumi.Input<string>;
    /**
     * With tool "Custom" only (default: none): the shell commands of the build. They find the database in the variables `DB_*`, and what they
     * leave below `.delivery/artifacts` becomes the output. A plan must export `PLANNED_CHANGES`, or write
     * `.delivery/exports.sh`, which does.
     */
    customCommands?: string[];
    /** How the release is rehearsed. Only with action "Rehearse". Default: the defaults of each. */
    rehearsal?: RehearsalArgs;
    /** What keeps a deployment from hurting the database. Only with action "Deploy" or "Rollback". Default: the defaults of each. */
    guards?: GuardArgs;
    /** When drift is looked for, and with what. Needed with action "Drift", only there (default: none). */
    drift?: DriftArgs;
    /** Tags of every resource that takes them. Default: none. */
    tags?: { [key: string]: string };
}

/** Written once; the documentation above is compared with it by a test. */
export const migrationBuildDefaults = {
    tool: Tool.Liquibase,
    migrationsDirectory: "migrations",
    timeoutMinutes: 60,
    computeType: "BUILD_GENERAL1_SMALL",
    image: "aws/codebuild/amazonlinux-x86_64-standard:5.0",
    egress: Egress.SingleNat,
    logRetentionInDays: 30,
} satisfies Partial<MigrationBuildArgs>;

const computeTypes = ["SMALL", "MEDIUM", "LARGE", "XLARGE", "2XLARGE"].map((size) => `BUILD_GENERAL1_${size}`);

/** Minutes that a build waits for a machine. The pipeline queues runs, so that only AWS's own limits make one wait. */
const queuedMinutes = 60;

/**
 * One CodeBuild project that plans, deploys or rolls back, inside the VPC, with a role that can do only that. The
 * component's name becomes the project's: changing it replaces the project. CodeBuild costs what its minutes cost.
 */
export class MigrationBuild extends pulumi.ComponentResource {
    /** Name of the CodeBuild project. */
    public readonly projectName: pulumi.Output<string>;
    /** ARN of the CodeBuild project. */
    public readonly projectArn: pulumi.Output<string>;
    /** Name of the build's role; the pipeline grants it the artifact bucket. */
    public readonly roleName: pulumi.Output<string>;
    /** ARN of the build's role. */
    public readonly roleArn: pulumi.Output<string>;
    /** Security group of the builds. */
    public readonly securityGroupId: pulumi.Output<string>;
    /** Name of the log group of the builds. */
    public readonly logGroupName: pulumi.Output<string>;
    /** Path of the toolchain archive that the build runs. */
    public readonly toolchain: pulumi.Output<string>;
    /** Directory of the migrations in the source. */
    public readonly migrationsDirectory: pulumi.Output<string>;
    /** The cluster that the build clones; absent for a build that clones none. */
    public readonly clonesOf?: pulumi.Output<string>;

    constructor(name: string, args: MigrationBuildArgs, opts?: pulumi.ComponentResourceOptions) {
        validate("MigrationBuild", name, shape(args));
        const toolchain = args.toolchain ?? packagedToolchain();
        validate("MigrationBuild", name, rules(name, args, toolchain));
        // Not the args: as inputs of the component they would hold every child up until the whole database is there.
        super("aurora-pipeline:index:MigrationBuild", name, {}, opts);
        const settings = withDefaults(args, migrationBuildDefaults);

        const group = buildSecurityGroup(name, settings, this);
        const paths = networkPaths(name, settings, group, this);
        const logGroup = logGroupOf(name, settings, this);
        const role = buildRole(name, settings, this);
        const policy = grant(name, settings, { role, group, logGroup }, this);
        reportGroup(name, settings, this);
        const project = new aws.codebuild.Project(
            name,
            {
                name,
                description: `${settings.action} of database changes in ${settings.environmentName}`,
                serviceRole: role.arn,
                ...inputOf(settings, specification(settings)),
                encryptionKey: settings.kmsKeyArn,
                environment: environment(settings),
                vpcConfig: {
                    vpcId: settings.network.vpcId,
                    subnets: settings.network.privateSubnetIds,
                    securityGroupIds: [group.id],
                },
                logsConfig: { cloudwatchLogs: { status: "ENABLED", groupName: logGroup.name } },
                // Two migrations of one database at once are never right, and a failed one is never just tried again.
                concurrentBuildLimit: 1,
                autoRetryLimit: 0,
                buildTimeout: settings.timeoutMinutes,
                queuedTimeout: queuedMinutes,
                badgeEnabled: false,
                projectVisibility: "PRIVATE",
                tags: settings.tags,
            },
            // CodeBuild checks at once that the role may use the VPC, and builds need their way to the database.
            { parent: this, dependsOn: [policy, ...paths] },
        );
        scheduleDrift(name, settings, locationOf(this), project, this);

        this.projectName = project.name;
        this.projectArn = project.arn;
        this.roleName = role.name;
        this.roleArn = role.arn;
        this.securityGroupId = group.id;
        this.logGroupName = logGroup.name;
        this.toolchain = pulumi.output(toolchain!);
        this.migrationsDirectory = pulumi.output(settings.migrationsDirectory);
        this.clonesOf = makesClones(settings) ? pulumi.output(settings.database.clusterIdentifier) : undefined;
        this.registerOutputs({
            projectName: this.projectName,
            projectArn: this.projectArn,
            roleName: this.roleName,
            roleArn: this.roleArn,
            securityGroupId: this.securityGroupId,
            logGroupName: this.logGroupName,
            toolchain: this.toolchain,
            migrationsDirectory: this.migrationsDirectory,
            clonesOf: this.clonesOf,
        });
    }
}

type Settings = MigrationBuildArgs & Required<Pick<MigrationBuildArgs, keyof typeof migrationBuildDefaults>>;

/** The types that the rules below take for granted. */
function shape(args: MigrationBuildArgs): Rule[] {
    return [
        ...networkRules("network", args.network, "privateSubnetIds"),
        ...databaseRules("database", args.database),
        ...credentialRules("credential", args.credential),
        text("toolchain", args.toolchain, "the path of a ZIP archive that exists", "Make it with `npm run toolchain`."),
        text("image", args.image, "the name of a build image", "Leave it out for AWS's."),
        listOfTexts("customCommands", args.customCommands),
        optionalGroup("rehearsal", args.rehearsal, "For example { lockBudgetMilliseconds: 500 }."),
        optionalGroup("drift", args.drift, 'For example { schedule: "rate(1 day)", … }.'),
        optionalGroup("guards", args.guards, "For example { lockTimeoutMilliseconds: 2000 }."),
        tagsRule(args.tags),
    ];
}

function rules(name: string, args: MigrationBuildArgs, toolchain: string | undefined): Rule[] {
    const { customCommands = [], network } = args;
    const endpoints = args.egress === Egress.Endpoints;
    const custom = args.tool === Tool.Custom;
    const endpointFix = 'Pass a Network made with egress "Endpoints", or choose another egress.';
    return [
        // The name is in the name of the role, which allows 64 characters with Pulumi's suffix.
        matching("name", name, /^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/, "1 to 40 letters, digits and hyphens", "Change it."),
        required(
            "action",
            args.action,
            '"Plan", "Rehearse", "Deploy", "Rollback", "Drift"',
            "Say what the build does.",
        ),
        oneOf("action", args.action, Object.values(Action), "Make a build for each action."),
        oneOf("tool", args.tool, Object.values(Tool), 'Leave it out for "Liquibase".'),
        {
            arg: "customCommands",
            given: customCommands,
            valid: custom === customCommands.length > 0,
            allowed: custom ? "at least one command" : 'nothing without tool "Custom"',
            fix: custom ? "Give the commands that the build runs." : 'Leave it out, or set tool to "Custom".',
        },
        matching(
            "environmentName",
            args.environmentName ?? "",
            /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/,
            "1 to 32 letters, digits, hyphens and underscores",
            "Shorten it.",
        ),
        matching(
            "migrationsDirectory",
            args.migrationsDirectory,
            /^(?!.*\.\.)[\w.-]+(\/[\w.-]+)*$/,
            "a directory inside the source, relative to its root",
            'For example "migrations".',
        ),
        {
            arg: "toolchain",
            given: toolchain,
            valid: toolchain !== undefined && toolchain.endsWith(".zip") && fs.existsSync(toolchain),
            allowed: "the path of a ZIP archive that exists",
            fix: "Make it with `npm run toolchain`.",
        },
        wholeNumber(
            "timeoutMinutes",
            args.timeoutMinutes,
            { min: 5, max: 2160, unit: "minutes" },
            "Leave it out for 60.",
        ),
        oneOf("computeType", args.computeType, computeTypes, "Leave it out for the smallest."),
        oneOf("egress", args.egress, Object.values(Egress), "Take the network's."),
        ...(endpoints
            ? [
                  required("network.endpointSecurityGroupId", network.endpointSecurityGroupId, "an id", endpointFix),
                  required("network.s3PrefixListId", network.s3PrefixListId, "an id", endpointFix),
              ]
            : []),
        logRetention("logRetentionInDays", args.logRetentionInDays),
        kmsKey("kmsKeyArn", args.kmsKeyArn),
        ...rehearsalRules(args),
        ...driftRules(args),
        ...guardRules(args),
    ];
}

function logGroupOf(name: string, settings: Settings, parent: pulumi.Resource): aws.cloudwatch.LogGroup {
    return new aws.cloudwatch.LogGroup(
        name,
        {
            name: `/aws/codebuild/${name}`,
            retentionInDays: settings.logRetentionInDays,
            kmsKeyId: settings.kmsKeyArn,
            tags: settings.tags,
        },
        { parent },
    );
}

function buildRole(name: string, { tags }: Settings, parent: pulumi.Resource): aws.iam.Role {
    return new aws.iam.Role(
        name,
        {
            description: `Runs the builds of ${name}`,
            // The project's name is fixed, so that the trust can name the project before it exists.
            assumeRolePolicy: locationOf(parent).apply((at) =>
                statements.policyDocument([
                    statements.trust(at, "codebuild", statements.arn(at, "codebuild", `project/${name}`)),
                ]),
            ),
            tags,
        },
        { parent },
    );
}

interface Grantees {
    role: aws.iam.Role;
    group: aws.ec2.SecurityGroup;
    logGroup: aws.cloudwatch.LogGroup;
}

function grant(
    name: string,
    settings: Settings,
    { role, group, logGroup }: Grantees,
    parent: pulumi.Resource,
): aws.iam.RolePolicy {
    const { network, credential } = settings;
    const policy = pulumi
        .output({
            at: locationOf(parent),
            vpc: { vpcId: network.vpcId, subnetIds: network.privateSubnetIds, securityGroupId: group.id },
            logGroupArn: logGroup.arn,
            secretArn: credential.secretArn,
            secretKeyArn: credential.kmsKeyArn,
            clones: makesClones(settings) ? clonesOf(settings) : undefined,
            drift: settings.drift,
            snapshot: snapshotOf(settings),
        })
        .apply(({ at, vpc, logGroupArn, secretArn, secretKeyArn, clones, drift, snapshot }) =>
            statements.policyDocument([
                ...statements.networkInterfaces(at, vpc),
                statements.writeLogs(logGroupArn),
                statements.writeReports(at, name),
                ...statements.readSecret(at, secretArn, secretKeyArn),
                ...(clones === undefined ? [] : makeClones(at, clones)),
                ...driftStatements(at, drift),
                ...snapshotStatements(at, snapshot),
            ]),
        );
    return new aws.iam.RolePolicy(name, { role: role.name, policy }, { parent });
}

/** CodeBuild would make it with the first report, and nothing would ever delete it. */
function reportGroup(name: string, { tags }: Settings, parent: pulumi.Resource): void {
    new aws.codebuild.ReportGroup(
        name,
        {
            name: `${name}-${reportName}`,
            type: "TEST",
            exportConfig: { type: "NO_EXPORT" },
            deleteReports: true,
            tags,
        },
        { parent },
    );
}

function environment(settings: Settings): aws.types.input.codebuild.ProjectEnvironment {
    const { database, credential } = settings;
    const secret = pulumi.output(credential.secretArn);
    return {
        type: "LINUX_CONTAINER",
        computeType: settings.computeType,
        image: settings.image,
        imagePullCredentialsType: "CODEBUILD",
        privilegedMode: false,
        environmentVariables: [
            plaintext(EnvironmentVariables.databaseEngine, database.engine),
            plaintext(EnvironmentVariables.databaseHost, database.endpoint),
            plaintext(EnvironmentVariables.databasePort, pulumi.output(database.port).apply(String)),
            plaintext(EnvironmentVariables.databaseName, database.databaseName),
            fromSecret(EnvironmentVariables.databaseUsername, pulumi.interpolate`${secret}:username::`),
            fromSecret(AuthenticationVariables.password, pulumi.interpolate`${secret}:password::`),
            plaintext(EnvironmentVariables.migrationsDirectory, settings.migrationsDirectory),
            plaintext(EnvironmentVariables.environmentName, settings.environmentName),
            ...rehearsalVariables(settings).map(([name, value]) => plaintext(name, value)),
            ...guardVariables(settings).map(([name, value]) => plaintext(name, value)),
            // CodeBuild adds it to a project that lacks it: the next preview would want to take it out again.
            plaintext("CODEBUILD_CONFIG_AUTO_DISCOVER", "false"),
        ],
    };
}

function plaintext(
    name: string,
    value: pulumi.Input<string>,
): aws.types.input.codebuild.ProjectEnvironmentEnvironmentVariable {
    return { name, value, type: "PLAINTEXT" };
}

function fromSecret(
    name: string,
    value: pulumi.Input<string>,
): aws.types.input.codebuild.ProjectEnvironmentEnvironmentVariable {
    return { name, value, type: "SECRETS_MANAGER" };
}

function specification({ action, customCommands, image }: Settings): string {
    const choosesRuntimes = image.startsWith("aws/codebuild/");
    return action === "Drift"
        ? driftSpec(choosesRuntimes)
        : buildSpec({ action: action.toLowerCase() as ActionName, customCommands, choosesRuntimes });
}
