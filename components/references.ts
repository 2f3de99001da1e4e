import * as pulumi from "@pulumi/pulumi";

// A component takes another one by the ids it needs, never the component itself: the multi-language analyzer refuses
// sibling components as arguments, and a VPC, cluster or secret that already exists fits as well. Each component
// satisfies its reference structurally: `network: network` type-checks.

/** Where things run: an existing VPC, or a `Network`. */
export interface NetworkRef {
    /** Id of the VPC. */
    vpcId: pulumi.Input<string>;
    /** Subnets of the builds; they need a way to AWS's endpoints (NAT gateway or interface endpoints). */
    privateSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
    /** Subnets of the database, in at least two zones; no route to the internet. */
    isolatedSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
    /** Security group of the interface endpoints. Builds with egress "Endpoints" need it; others ignore it. */
    endpointSecurityGroupId?: pulumi.Input<string>;
    /** Prefix list of the S3 gateway endpoint. Builds with egress "Endpoints" need it; others ignore it. */
    s3PrefixListId?: pulumi.Input<string>;
}

/** The database that a credential or a build is for: an existing cluster, or an `AuroraCluster`. */
export interface DatabaseRef {
    /** `aurora-postgresql` or `aurora-mysql`. */
    engine: pulumi.Input<string>;
    /** Identifier of the cluster. */
    clusterIdentifier: pulumi.Input<string>;
    /** Writer endpoint. */
    endpoint: pulumi.Input<string>;
    /** Port of the cluster. */
    port: pulumi.Input<number>;
    /** Name of the database in the cluster. */
    databaseName: pulumi.Input<string>;
    /** Security group of the cluster; a build adds the rule that admits it. */
    securityGroupId: pulumi.Input<string>;
    /**
     * Resource id of the cluster (`cluster-…`). Builds with auth "Iam" need it; a `DbSecret` and a `DatabaseProxy` tell
     * by it that the cluster is another one.
     */
    clusterResourceId?: pulumi.Input<string>;
    /** Identifiers of the instances, for `Operations`. Absent: it tells of every instance in the region. */
    instanceIdentifiers?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * Parameter group of the instances: `Operations` tells of its changes, a rehearsal may use it and no other for a
     * clone. Absent: every parameter group in the region.
     */
    instanceParameterGroupName?: pulumi.Input<string>;
    /** Cluster parameter group, which a rehearsal may use for a clone. Absent: every one in the region. */
    parameterGroupName?: pulumi.Input<string>;
    /** Subnet group of the cluster, which a rehearsal may put a clone into. Absent: every one in the region. */
    subnetGroupName?: pulumi.Input<string>;
}

/** What is another one when the cluster is: a cluster that is replaced keeps its identifier and its endpoint. */
export function identityOf(database: DatabaseRef): pulumi.Input<string> {
    return database.clusterResourceId ?? database.endpoint;
}

/** A credential in Secrets Manager: an existing secret in RDS's JSON form, or a `DbSecret`. */
export interface SecretRef {
    /** ARN of the secret. */
    secretArn: pulumi.Input<string>;
    /** ARN of the customer managed key that encrypts it; absent for the key `aws/secretsmanager`. */
    kmsKeyArn?: pulumi.Input<string | undefined>;
    /** Name of the function that rotates the secret, for `Operations`. Absent: rotation is not watched. */
    rotationFunctionName?: pulumi.Input<string>;
    /**
     * Metric in the namespace `AuroraPipeline/Rotation` that counts the rotations that failed. Absent: `Operations` counts
     * every error of the function, and so the test of a rotation whose user does not exist yet.
     */
    rotationFailureMetric?: pulumi.Input<string>;
}

/** A CodeBuild project that the pipeline starts: a `MigrationBuild`. */
export interface BuildRef {
    /** Name of the CodeBuild project. */
    projectName: pulumi.Input<string>;
    /** ARN of the CodeBuild project. */
    projectArn: pulumi.Input<string>;
    /** Name of the build's role; the pipeline grants it the artifact bucket. */
    roleName: pulumi.Input<string>;
    /** Path of the toolchain archive that the build runs. */
    toolchain: pulumi.Input<string>;
    /** Directory of the migrations in the source; pushes that touch it start the pipeline. Absent: `migrations`. */
    migrationsDirectory?: pulumi.Input<string>;
    /** Cluster that a rehearsal clones; the pipeline makes sure that no clone outlives its time. Absent: it clones none. */
    clonesOf?: pulumi.Input<string>;
}

/** The builds of a pipeline. */
export interface PipelineBuildsArgs {
    /** Build that creates the database's users. Default: none; then they must be there. */
    bootstrap?: BuildRef;
    /** Build that plans. Default: none; then no one sees the SQL before it runs. */
    plan?: BuildRef;
    /** Build that rehearses the plan on a copy of the data; only with one that plans. Default: none. */
    rehearse?: BuildRef;
    /** Build that deploys. */
    deploy: BuildRef;
    /** Build that rolls back. Default: no stage Rollback; `ROLLBACK_TO` then only skips the deployment. */
    rollback?: BuildRef;
}

/** The builds that there are, by action. */
export function buildsByAction(builds: PipelineBuildsArgs): Record<string, BuildRef> {
    const { bootstrap, plan, rehearse, deploy, rollback } = builds;
    return {
        ...(bootstrap && { bootstrap }),
        ...(plan && { plan }),
        ...(rehearse && { rehearse }),
        deploy,
        ...(rollback && { rollback }),
    };
}

/** A pipeline that is watched: an existing one, or a `DbPipeline`. */
export interface PipelineRef {
    /** Name of the pipeline. */
    pipelineName: pulumi.Input<string>;
    /** ARN of the pipeline. */
    pipelineArn: pulumi.Input<string>;
}
