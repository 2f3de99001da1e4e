import * as pulumi from "@pulumi/pulumi";

// A component takes another one by the ids it needs, never as a component: the multi-language analyzer rejects sibling
// components as arguments, and this way an existing VPC, cluster or secret can be passed as well. Each component
// structurally satisfies its reference: `network: network` type-checks.

/** The network to run in: an existing VPC, or a `Network`. */
export interface NetworkRef {
    /** Id of the VPC. */
    vpcId: pulumi.Input<string>;
    /** Subnets of the builds; they need a route to AWS's endpoints (NAT gateway or interface endpoints). */
    privateSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * Subnets of the database, in at least two zones, without a route to the internet. `AuroraCluster` and
     * `DatabaseProxy` need them; others ignore them.
     */
    isolatedSubnetIds?: pulumi.Input<pulumi.Input<string>[]>;
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
     * Resource id of the cluster (`cluster-…`). Builds with auth "Iam" need it; a `DbSecret` and a `DatabaseProxy` use
     * it to detect that the cluster was replaced.
     */
    clusterResourceId?: pulumi.Input<string>;
    /** Identifiers of the instances, for `Operations`. Absent: it reports every instance in the region. */
    instanceIdentifiers?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * Parameter group of the instances: `Operations` reports its changes, and a rehearsal may use only this one for a
     * clone. Absent: every parameter group in the region.
     */
    instanceParameterGroupName?: pulumi.Input<string>;
    /** Cluster parameter group that a rehearsal may use for a clone. Absent: every one in the region. */
    parameterGroupName?: pulumi.Input<string>;
    /** Subnet group of the cluster, which a rehearsal may place a clone in. Absent: every one in the region. */
    subnetGroupName?: pulumi.Input<string>;
}

/** A value that changes if and only if the cluster is replaced: a replacement keeps the identifier and the endpoint. */
export function identityOf(database: DatabaseRef): pulumi.Input<string> {
    return database.clusterResourceId ?? database.endpoint;
}

/** A credential in Secrets Manager: an existing secret in RDS's JSON form, or a `DbSecret`. */
export interface SecretRef {
    /** ARN of the secret. */
    secretArn: pulumi.Input<string>;
    /** ARN of the customer managed key that encrypts it; absent for the key `aws/secretsmanager`. */
    kmsKeyArn?: pulumi.Input<string | undefined>;
    /** Name of the function that rotates the secret, for `Operations`. Absent: rotation is not monitored. */
    rotationFunctionName?: pulumi.Input<string>;
    /**
     * Metric in the namespace `AuroraPipeline/Rotation` that counts failed rotations. Absent: `Operations` counts every
     * error of the function, including the test of a rotation whose user does not exist yet.
     */
    rotationFailureMetric?: pulumi.Input<string>;
}

/** A CodeBuild project that the pipeline starts: a `MigrationBuild`. */
export interface BuildRef {
    /** Name of the CodeBuild project. */
    projectName: pulumi.Input<string>;
    /** ARN of the CodeBuild project. */
    projectArn: pulumi.Input<string>;
    /** Name of the build's role; the pipeline grants it access to the artifact bucket. */
    roleName: pulumi.Input<string>;
    /** Path of the toolchain archive that the build runs. */
    toolchain: pulumi.Input<string>;
    /**
     * Directory of the migrations within the source; pushes that change it start the pipeline. Absent: `migrations`.
     */
    migrationsDirectory?: pulumi.Input<string>;
    /** Cluster that a rehearsal clones; the pipeline deletes expired clones. Absent: it does not clone. */
    clonesOf?: pulumi.Input<string>;
}

/** The builds of a pipeline. */
export interface PipelineBuildsArgs {
    /** Build that creates the database's users. Default: none; then they must already exist. */
    bootstrap?: BuildRef;
    /**
     * Build that makes the first plan, in the stage Plan. Default: none; then no one sees the SQL before it runs.
     *
     * Each plan has a build of its own, whose role can write only that plan.
     */
    plan?: BuildRef;
    /**
     * Build that plans in the stage Rollback; required with `plan` and `rollback` if there is an approval, and not
     * allowed otherwise. Default: none.
     */
    rollbackPlan?: BuildRef;
    /**
     * Build that plans in the stage Deploy; required with `plan` if there is an approval or a rehearsal, and not allowed
     * otherwise. Default: none.
     */
    deployPlan?: BuildRef;
    /** Build that rehearses the plan on a copy of the data; requires one that plans. Default: none. */
    rehearse?: BuildRef;
    /** Build that deploys. */
    deploy: BuildRef;
    /** Build that rolls back. Default: no stage Rollback; `ROLLBACK_TO` then only skips the deployment. */
    rollback?: BuildRef;
}

/** The given builds, by the name of what they do. */
export function buildsByAction(builds: PipelineBuildsArgs): Record<string, BuildRef> {
    const { bootstrap, plan, rollbackPlan, deployPlan, rehearse, deploy, rollback } = builds;
    return {
        ...(bootstrap && { bootstrap }),
        ...(plan && { plan }),
        ...(rollbackPlan && { "rollback-plan": rollbackPlan }),
        ...(deployPlan && { "deploy-plan": deployPlan }),
        ...(rehearse && { rehearse }),
        deploy,
        ...(rollback && { rollback }),
    };
}

/** A pipeline to monitor: an existing one, or a `DbPipeline`. */
export interface PipelineRef {
    /** Name of the pipeline. */
    pipelineName: pulumi.Input<string>;
    /** ARN of the pipeline. */
    pipelineArn: pulumi.Input<string>;
}
