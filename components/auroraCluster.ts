import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type AuroraClusterArgs, type AuroraSettings, auroraSettings } from "./cluster/args";
import { backtrackSeconds } from "./cluster/backtrack";
import { createInstances, insights } from "./cluster/instances";
import { remindOfRefresh } from "./cluster/restore";
import { auroraRules, auroraShape } from "./cluster/rules";
import { clusterVersion } from "./cluster/version";
import { locationOf } from "./shared/location";
import { generatePassword } from "./shared/password";
import { admitClients } from "./shared/securityGroups";
import { validate } from "./shared/validation";

/**
 * An encrypted Aurora cluster in isolated subnets. Only the given security groups can connect, every connection uses
 * TLS, its logs go to their own log groups, and deleting the cluster leaves a snapshot.
 */
export class AuroraCluster extends pulumi.ComponentResource {
    /** Identifier of the cluster. */
    public readonly clusterIdentifier: pulumi.Output<string>;
    /** ARN of the cluster. */
    public readonly clusterArn: pulumi.Output<string>;
    /** Resource id of the cluster, which never changes; IAM database authentication refers to it. */
    public readonly clusterResourceId: pulumi.Output<string>;
    /** Writer endpoint. */
    public readonly endpoint: pulumi.Output<string>;
    /** Reader endpoint; it resolves to the writer as long as there is no reader. */
    public readonly readerEndpoint: pulumi.Output<string>;
    /** Port of both endpoints. */
    public readonly port: pulumi.Output<number>;
    /** Name of the database that was created with the cluster. */
    public readonly databaseName: pulumi.Output<string>;
    /** "aurora-postgresql" or "aurora-mysql". */
    public readonly engine: pulumi.Output<string>;
    /** Name of the administrative user. */
    public readonly masterUsername: pulumi.Output<string>;
    /** Password of the administrative user at creation; a secret. */
    public readonly masterPassword: pulumi.Output<string>;
    /** Security group of the cluster; add a rule to it for each client. */
    public readonly securityGroupId: pulumi.Output<string>;
    /** Subnet group of the cluster. */
    public readonly subnetGroupName: pulumi.Output<string>;
    /** Cluster parameter group. */
    public readonly parameterGroupName: pulumi.Output<string>;
    /** Parameter group of the instances. */
    public readonly instanceParameterGroupName: pulumi.Output<string>;
    /** Identifiers of the instances. */
    public readonly instanceIdentifiers: pulumi.Output<string[]>;

    constructor(name: string, args: AuroraClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        validate("AuroraCluster", name, auroraShape(args));
        validate("AuroraCluster", name, auroraRules(name, args));
        super("aurora-pipeline:index:AuroraCluster", name, {}, opts);
        const settings = auroraSettings(name, args);

        const password = pulumi.secret(args.masterPassword ?? generatePassword(`${name}-master`, this));
        const securityGroup = createSecurityGroup(this, name, settings);
        const subnetGroup = createSubnetGroup(this, name, settings);
        const parameterGroups = createParameterGroups(this, name, settings);
        const logGroups = createLogGroups(this, name, settings);
        const cluster = createCluster(this, name, settings, {
            password,
            securityGroup,
            subnetGroup,
            parameterGroups,
            logGroups,
        });
        if (settings.restoreFrom !== undefined) {
            remindOfRefresh(name, cluster, this);
        }
        const instances = createInstances(this, name, settings, {
            cluster,
            subnetGroup,
            parameterGroup: parameterGroups.instance,
        });

        this.clusterIdentifier = cluster.clusterIdentifier;
        this.clusterArn = cluster.arn;
        this.clusterResourceId = cluster.clusterResourceId;
        // The cluster has an endpoint before an instance answers: whatever needs the endpoint depends on the instances.
        const answering = pulumi.all(instances.map(({ id }) => id));
        this.endpoint = pulumi.all([cluster.endpoint, answering]).apply(([endpoint]) => endpoint);
        this.readerEndpoint = cluster.readerEndpoint;
        this.port = cluster.port;
        this.databaseName = cluster.databaseName;
        this.engine = pulumi.output(settings.engine);
        this.masterUsername = cluster.masterUsername;
        this.masterPassword = password;
        this.securityGroupId = securityGroup.id;
        this.subnetGroupName = subnetGroup.name;
        this.parameterGroupName = parameterGroups.cluster.name;
        this.instanceParameterGroupName = parameterGroups.instance.name;
        this.instanceIdentifiers = pulumi.all(instances.map(({ identifier }) => identifier));
        this.registerOutputs({
            clusterIdentifier: this.clusterIdentifier,
            clusterArn: this.clusterArn,
            clusterResourceId: this.clusterResourceId,
            endpoint: this.endpoint,
            readerEndpoint: this.readerEndpoint,
            port: this.port,
            databaseName: this.databaseName,
            engine: this.engine,
            masterUsername: this.masterUsername,
            masterPassword: this.masterPassword,
            securityGroupId: this.securityGroupId,
            subnetGroupName: this.subnetGroupName,
            parameterGroupName: this.parameterGroupName,
            instanceParameterGroupName: this.instanceParameterGroupName,
            instanceIdentifiers: this.instanceIdentifiers,
        });
    }
}

function createSecurityGroup(parent: AuroraCluster, name: string, settings: AuroraSettings): aws.ec2.SecurityGroup {
    const group = new aws.ec2.SecurityGroup(
        name,
        {
            vpcId: settings.network.vpcId,
            description: `Database cluster ${settings.clusterIdentifier}`,
            tags: settings.tags,
        },
        { parent },
    );
    admitClients(parent, name, {
        group,
        clients: settings.allowedSecurityGroupIds,
        port: settings.port,
        what: "Database connections",
        tags: settings.tags,
    });
    return group;
}

function createSubnetGroup(parent: AuroraCluster, name: string, settings: AuroraSettings): aws.rds.SubnetGroup {
    return new aws.rds.SubnetGroup(
        name,
        {
            description: `Isolated subnets of ${settings.clusterIdentifier}`,
            subnetIds: settings.network.isolatedSubnetIds!,
            tags: settings.tags,
        },
        // RDS moves neither a subnet group nor a cluster to another VPC. Replacing both, or refusing to, is better than
        // failing halfway. A different subnet of the same VPC does not replace anything.
        { parent, replacementTrigger: settings.network.vpcId },
    );
}

interface ParameterGroups {
    cluster: aws.rds.ClusterParameterGroup;
    instance: aws.rds.ParameterGroup;
}

function createParameterGroups(parent: AuroraCluster, name: string, settings: AuroraSettings): ParameterGroups {
    const { traits, family, clusterIdentifier, tags } = settings;
    return {
        cluster: new aws.rds.ClusterParameterGroup(
            name,
            {
                family,
                description: `Cluster parameters of ${clusterIdentifier}`,
                parameters: [...traits.clusterParameters, ...(settings.auditLogging ? traits.auditParameters : [])],
                tags,
            },
            { parent },
        ),
        instance: new aws.rds.ParameterGroup(
            name,
            {
                family,
                description: `Instance parameters of ${clusterIdentifier}`,
                parameters: traits.instanceParameters,
                tags,
            },
            { parent },
        ),
    };
}

/** RDS would create them itself, with unlimited retention and no key; so they are created before the cluster. */
function createLogGroups(parent: AuroraCluster, name: string, settings: AuroraSettings): aws.cloudwatch.LogGroup[] {
    return settings.traits.logExports.map(
        (log) =>
            new aws.cloudwatch.LogGroup(
                `${name}-${log}`,
                {
                    name: `/aws/rds/cluster/${settings.clusterIdentifier}/${log}`,
                    retentionInDays: settings.logRetentionInDays,
                    kmsKeyId: settings.kmsKeyArn,
                    tags: settings.tags,
                },
                { parent },
            ),
    );
}

interface ClusterParts {
    password: pulumi.Output<string>;
    securityGroup: aws.ec2.SecurityGroup;
    subnetGroup: aws.rds.SubnetGroup;
    parameterGroups: ParameterGroups;
    logGroups: aws.cloudwatch.LogGroup[];
}

function createCluster(
    parent: AuroraCluster,
    name: string,
    settings: AuroraSettings,
    parts: ClusterParts,
): aws.rds.Cluster {
    const { engineVersion, ignored } = clusterVersion(parent, name, settings);
    return new aws.rds.Cluster(
        name,
        {
            clusterIdentifier: settings.clusterIdentifier,
            engine: settings.engine,
            // RDS's Serverless v2 consists of instances of the class db.serverless in this mode.
            engineMode: "provisioned",
            engineVersion,
            engineLifecycleSupport: "open-source-rds-extended-support-disabled",
            autoMinorVersionUpgrade: true,
            allowMajorVersionUpgrade: settings.allowMajorVersionUpgrade,
            applyImmediately: settings.applyImmediately,
            preferredMaintenanceWindow: settings.preferredMaintenanceWindow,
            preferredBackupWindow: settings.preferredBackupWindow,
            ...(settings.allowMajorVersionUpgrade && {
                dbInstanceParameterGroupName: parts.parameterGroups.instance.name,
            }),
            snapshotIdentifier: settings.restoreFrom,
            databaseName: settings.databaseName,
            masterUsername: settings.masterUsername,
            masterPassword: parts.password,
            iamDatabaseAuthenticationEnabled: true,
            port: settings.port,
            dbSubnetGroupName: parts.subnetGroup.name,
            vpcSecurityGroupIds: [parts.securityGroup.id],
            dbClusterParameterGroupName: parts.parameterGroups.cluster.name,
            storageEncrypted: true,
            kmsKeyId: settings.kmsKeyArn,
            enabledCloudwatchLogsExports: settings.traits.logExports,
            ...capacity(settings),
            databaseInsightsMode: settings.databaseInsights.toLowerCase(),
            ...insights(settings),
            ...(settings.traits.canBacktrack && {
                backtrackWindow: locationOf(parent).apply(({ region }) =>
                    backtrackSeconds(name, region, settings.backtrackHours),
                ),
            }),
            backupRetentionPeriod: settings.backupRetentionDays,
            copyTagsToSnapshot: true,
            deletionProtection: settings.deletionProtection,
            ...deletion(parent, name, settings, parts.subnetGroup),
            tags: settings.tags,
        },
        {
            parent,
            protect: settings.deletionProtection,
            // Once the cluster exists, rotation owns the password, and RDS the version.
            ignoreChanges: ["masterPassword", ...ignored],
            // The identifier is fixed because of the log groups: two clusters cannot have it at once.
            deleteBeforeReplace: true,
            dependsOn: parts.logGroups,
        },
    );
}

function capacity(settings: AuroraSettings): Pick<aws.rds.ClusterArgs, "serverlessv2ScalingConfiguration"> {
    if (!settings.serverless) {
        return {};
    }
    const { minCapacity, maxCapacity, secondsUntilAutoPause } = settings;
    return {
        serverlessv2ScalingConfiguration: {
            minCapacity,
            maxCapacity,
            // RDS rejects it for a cluster that never pauses.
            ...(minCapacity === 0 && { secondsUntilAutoPause: secondsUntilAutoPause ?? 300 }),
        },
    };
}

/** What remains of the cluster after its deletion. */
function deletion(
    parent: AuroraCluster,
    name: string,
    settings: AuroraSettings,
    subnetGroup: aws.rds.SubnetGroup,
): Partial<aws.rds.ClusterArgs> {
    if (!settings.finalSnapshot) {
        return { skipFinalSnapshot: true, deleteAutomatedBackups: true };
    }
    // A snapshot's name can be used only once. It must stay the same during the cluster's life and change with each
    // replacement.
    const { clusterIdentifier, engine, databaseName, masterUsername, kmsKeyArn, restoreFrom } = settings;
    const suffix = new random.RandomId(
        `${name}-final`,
        {
            byteLength: 4,
            keepers: {
                clusterIdentifier,
                engine,
                databaseName,
                masterUsername,
                kmsKey: kmsKeyArn ?? "",
                // A change of the VPC replaces the subnet group, and with it the cluster.
                subnetGroup: subnetGroup.name,
                ...(restoreFrom !== undefined && { restoreFrom }),
            },
        },
        { parent },
    );
    return {
        skipFinalSnapshot: false,
        finalSnapshotIdentifier: pulumi.interpolate`${clusterIdentifier}-final-${suffix.hex}`,
        deleteAutomatedBackups: false,
    };
}
