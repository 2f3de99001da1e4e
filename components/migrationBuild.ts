import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { buildEnvironment } from "./codeBuild/environment";
import { buildSecurityGroup, cloneSecurityGroup, networkPaths } from "./codeBuild/network";
import { isCurated } from "./codeBuild/image";
import { buildRole, grantBuild } from "./codeBuild/role";
import { bootstrapSpec, buildSpec, driftSpec, reportName } from "./codeBuild/buildSpec";
import { deliveryCommand } from "./contract";
import { withDefaults } from "./shared/defaults";
import { inputOf, scheduleDrift } from "./codeBuild/drift";
import { locationOf } from "./shared/location";
import { type MigrationBuildArgs, migrationBuildDefaults, type Settings, Tool } from "./codeBuild/args";
import { migrationBuildRules, migrationBuildShape } from "./codeBuild/rules";
import { makesClones } from "./codeBuild/rehearsal";
import { packagedToolchain } from "./toolchain";
import { validate } from "./shared/validation";

/**
 * Minutes that a build may wait for a machine. The pipeline queues executions, so a build waits only because of AWS's
 * own limits.
 */
const queuedMinutes = 60;

/**
 * One CodeBuild project that creates the database's users, plans, rehearses, deploys, rolls back or detects drift,
 * inside the VPC, with a role that allows only that. The component's name becomes the project's: changing it replaces
 * the project. CodeBuild charges by the minute.
 */
export class MigrationBuild extends pulumi.ComponentResource {
    /** Name of the CodeBuild project. */
    public readonly projectName: pulumi.Output<string>;
    /** ARN of the CodeBuild project. */
    public readonly projectArn: pulumi.Output<string>;
    /** Name of the build's role; the pipeline grants it access to the artifact bucket. */
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
    /** The cluster that the build clones; absent for a build that does not clone. */
    public readonly clonesOf?: pulumi.Output<string>;

    constructor(name: string, args: MigrationBuildArgs, opts?: pulumi.ComponentResourceOptions) {
        validate("MigrationBuild", name, migrationBuildShape(args));
        const toolchain = args.toolchain ?? packagedToolchain();
        validate("MigrationBuild", name, migrationBuildRules(name, args, toolchain));
        // The args are not registered as inputs: they would delay every child until the whole database exists.
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
                // A failed migration is never simply retried.
                autoRetryLimit: 0,
                buildTimeout: settings.timeoutMinutes,
                queuedTimeout: queuedMinutes,
                badgeEnabled: false,
                projectVisibility: "PRIVATE",
                tags: settings.tags,
            },
            // CodeBuild checks at creation that the role may use the VPC, and builds need a path to the database.
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

/** CodeBuild would create it with the first report, and it would never be deleted. */
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
 * One build for the stage that starts it, plus one left over from an earlier execution: "stop and abandon" frees the
 * stage at once and lets the build continue. Beyond the limit CodeBuild rejects a build instead of queueing it
 * (https://docs.aws.amazon.com/codebuild/latest/userguide/builds-working.html), so a limit of one would fail the next
 * execution. The lock in the database prevents two migrations of one database at once: the second build waits there for
 * `deploymentWaitSeconds`, and names the session that it waited for. The builds that change users take their own lock.
 * The pipeline knows of no lock taken by custom commands, so only CodeBuild's limit separates them.
 */
function concurrentBuilds({ action, tool }: Settings): number {
    // Drift runs on a schedule, outside the pipeline: it is never abandoned, and two runs at once find the same.
    return action === "Drift" || (tool === Tool.Custom && action !== "Plan") ? 1 : 2;
}

function specification(settings: Settings): pulumi.Output<string> {
    return pulumi.output(settings.image).apply((image) => specificationIn(isCurated(image), settings));
}

function specificationIn(choosesRuntimes: boolean, { action, customCommands }: Settings): string {
    switch (action) {
        case "Bootstrap":
            return bootstrapSpec(choosesRuntimes);
        case "Drift":
            return driftSpec(choosesRuntimes);
        default:
            return buildSpec({ action: deliveryCommand(action), customCommands, choosesRuntimes });
    }
}
