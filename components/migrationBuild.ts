import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { buildEnvironment } from "./build/environment";
import { buildSecurityGroup, cloneSecurityGroup, networkPaths } from "./build/network";
import { buildRole, grantBuild } from "./build/role";
import { bootstrapSpec, buildSpec, driftSpec, reportName } from "./build/buildSpec";
import type { ActionName } from "./contract";
import { withDefaults } from "./shared/defaults";
import { inputOf, scheduleDrift } from "./build/drift";
import { locationOf } from "./shared/location";
import { type MigrationBuildArgs, migrationBuildDefaults, type Settings, Tool } from "./build/args";
import { migrationBuildRules, migrationBuildShape } from "./build/rules";
import { makesClones } from "./build/rehearsal";
import { packagedToolchain } from "./toolchain";
import { validate } from "./shared/validation";

/** Minutes that a build waits for a machine. The pipeline queues runs, so that only AWS's own limits make one wait. */
const queuedMinutes = 60;
/** The pipeline's stages that plan: Plan, Rollback and Deploy. */
const planningStages = 3;

/**
 * One CodeBuild project that creates the database's users, plans, rehearses, deploys or rolls back, inside the VPC, with
 * a role that can do only that. The component's name becomes the project's: changing it replaces the project. CodeBuild
 * costs what its minutes cost.
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
        validate("MigrationBuild", name, migrationBuildShape(args));
        const toolchain = args.toolchain ?? packagedToolchain();
        validate("MigrationBuild", name, migrationBuildRules(name, args, toolchain));
        // Not the args: as inputs of the component they would hold every child up until the whole database is there.
        super("aurora-pipeline:index:MigrationBuild", name, {}, opts);
        const settings = withDefaults(args, migrationBuildDefaults);

        const group = buildSecurityGroup(name, settings, this);
        const cloneGroup = cloneSecurityGroup(name, settings, this);
        const paths = networkPaths(name, settings, { builds: group, clones: cloneGroup }, this);
        const logGroup = logGroupOf(name, settings, this);
        const role = buildRole(name, settings, this);
        const policy = grantBuild(name, settings, { role, group, logGroup }, this);
        reportGroup(name, settings, this);
        const project = new aws.codebuild.Project(
            name,
            {
                name,
                description: `${settings.action} of database changes in ${settings.environmentName}`,
                serviceRole: role.arn,
                ...inputOf(settings, specification(settings)),
                encryptionKey: settings.kmsKeyArn,
                environment: buildEnvironment(settings, cloneGroup?.id),
                vpcConfig: {
                    vpcId: settings.network.vpcId,
                    subnets: settings.network.privateSubnetIds,
                    securityGroupIds: [group.id],
                },
                logsConfig: { cloudwatchLogs: { status: "ENABLED", groupName: logGroup.name } },
                concurrentBuildLimit: concurrentBuilds(settings),
                // A failed migration is never just tried again.
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

/**
 * One build for each stage that may start it, and one that an execution left behind: "stop and abandon" frees the stage at
 * once and lets the build go on. Beyond the limit CodeBuild refuses a build, it does not queue it
 * (https://docs.aws.amazon.com/codebuild/latest/userguide/builds-working.html), so a limit of one would fail the next
 * execution. What keeps two migrations of one database apart is the lock in the database: the second build waits there for
 * `deploymentWaitSeconds`, and names whom it waited for. The builds that change users take a lock of their own. Custom
 * commands have no lock that we know of, so that nothing but CodeBuild keeps them apart.
 */
function concurrentBuilds({ action, tool }: Settings): number {
    if (tool === Tool.Custom && action !== "Plan") return 1;
    switch (action) {
        case "Plan":
            return planningStages + 1;
        case "Drift":
            // On a schedule, outside the pipeline: nothing abandons it, and a look beside another one finds the same.
            return 1;
        default:
            return 2;
    }
}

function specification({ action, customCommands, image }: Settings): string {
    const choosesRuntimes = image.startsWith("aws/codebuild/");
    switch (action) {
        case "Bootstrap":
            return bootstrapSpec(choosesRuntimes);
        case "Drift":
            return driftSpec(choosesRuntimes);
        default:
            return buildSpec({ action: action.toLowerCase() as ActionName, customCommands, choosesRuntimes });
    }
}
