import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { traitsOf } from "../shared/engines";
import type { Location } from "../shared/location";
import { locationOf } from "../shared/location";
import { fixedName, logicalName } from "../shared/names";
import { refusedCharacters } from "../shared/password";
import { connectToDatabase } from "../shared/securityGroups";
import type { DatabaseRef, NetworkRef } from "../references";
import { accountErrors } from "../shared/errors";

/** Namespace of the metrics for failed rotations; each metric is named after its function. */
export const rotationMetrics = "AuroraPipeline/Rotation";

/** Where AWS publishes its rotation functions, and the pinned version: an update is a change that is reviewed. */
const publishers: Record<string, { arn: string; version: string }> = {
    aws: { arn: "arn:aws:serverlessrepo:us-east-1:297356227824", version: "1.1.671" },
    "aws-cn": { arn: "arn:aws-cn:serverlessrepo:cn-north-1:193023089310", version: "1.1.440" },
    "aws-us-gov": { arn: "arn:aws-us-gov:serverlessrepo:us-gov-west-1:023102451235", version: "1.1.397" },
};

export interface RotationParts {
    secret: aws.secretsmanager.Secret;
    /** The secret's value, which must exist before it can be rotated. */
    version: aws.secretsmanager.SecretVersion;
    database: DatabaseRef;
    network: NetworkRef;
    afterDays: number;
    logRetentionInDays: number;
    kmsKeyArn?: pulumi.Input<string>;
    tags?: { [key: string]: string };
}

/** Rotation with AWS's own function, in the VPC: it logs in as the user and changes that user's password. */
export function rotateSecret(parent: pulumi.Resource, name: string, parts: RotationParts): void {
    const group = createSecurityGroup(parent, name, parts);
    const paths = createPaths(parent, name, parts, group);
    const rotationFunction = createFunction(parent, name, parts, group);
    new aws.secretsmanager.SecretRotation(
        name,
        {
            secretId: parts.secret.id,
            rotationLambdaArn: rotationFunction.outputs.apply((outputs) => outputs["RotationLambdaARN"] ?? ""),
            rotationRules: { automaticallyAfterDays: parts.afterDays },
            // An immediate rotation would be too early: a migration may be what creates the user. Secrets Manager then
            // only runs the step testSecret (`RotateImmediately` of `RotateSecret`), which fails until the user exists:
            // see countFailures.
            rotateImmediately: false,
        },
        { parent, dependsOn: [parts.version, ...paths] },
    );
}

function createSecurityGroup(parent: pulumi.Resource, name: string, parts: RotationParts): aws.ec2.SecurityGroup {
    return new aws.ec2.SecurityGroup(
        `${name}-rotation`,
        { vpcId: parts.network.vpcId, description: `Rotation of the secret ${name}`, tags: parts.tags },
        { parent },
    );
}

/** The rules that let the function reach the database and Secrets Manager, and nothing else. */
function createPaths(
    parent: pulumi.Resource,
    name: string,
    parts: RotationParts,
    group: aws.ec2.SecurityGroup,
): pulumi.Resource[] {
    const { database, network, tags } = parts;
    const endpointGroupId = pulumi.output(network.endpointSecurityGroupId);
    const toSecretsManager = new aws.vpc.SecurityGroupEgressRule(
        `${name}-rotation-to-secrets-manager`,
        {
            securityGroupId: group.id,
            description: "Secrets Manager: the interface endpoints of the network, or the NAT gateway",
            referencedSecurityGroupId: endpointGroupId,
            cidrIpv4: endpointGroupId.apply((id) => (id === undefined ? "0.0.0.0/0" : undefined)),
            ipProtocol: "tcp",
            fromPort: 443,
            toPort: 443,
            tags,
        },
        { parent },
    );
    const toDatabase = connectToDatabase(parent, {
        group,
        database,
        description: `Rotation of the secret ${name}`,
        names: { egress: `${name}-rotation-to-database`, ingress: `${name}-rotation` },
        tags,
    });
    return [...toDatabase, toSecretsManager];
}

function createFunction(
    parent: pulumi.Resource,
    name: string,
    parts: RotationParts,
    group: aws.ec2.SecurityGroup,
): aws.serverlessrepository.CloudFormationStack {
    const functionName = rotationFunctionName(name);
    const logGroup = new aws.cloudwatch.LogGroup(
        `${name}-rotation`,
        {
            name: `/aws/lambda/${functionName}`,
            retentionInDays: parts.logRetentionInDays,
            kmsKeyId: parts.kmsKeyArn,
            tags: parts.tags,
        },
        { parent },
    );
    countFailures(parent, name, logGroup, functionName);
    const at = locationOf(parent);
    const subnetIds = pulumi.output(parts.network.privateSubnetIds);
    return new aws.serverlessrepository.CloudFormationStack(
        logicalName("applicationStack", `${name}-rotation`),
        {
            applicationId: pulumi.all([at, parts.database.engine]).apply(([location, engine]) => {
                return `${publisherIn(location).arn}:applications/${traitsOf(engine).rotationApplication}`;
            }),
            semanticVersion: at.apply((location) => publisherIn(location).version),
            // The application creates its function's role, and allows Secrets Manager to call it.
            capabilities: ["CAPABILITY_IAM", "CAPABILITY_RESOURCE_POLICY"],
            parameters: {
                endpoint: at.apply(secretsManagerEndpoint),
                functionName,
                vpcSubnetIds: subnetIds.apply((ids) => ids.join(",")),
                vpcSecurityGroupIds: group.id,
                excludeCharacters: refusedCharacters,
                ...(parts.kmsKeyArn !== undefined && { kmsKeyArn: parts.kmsKeyArn }),
            },
            tags: parts.tags,
        },
        // Another engine needs another application, and the provider replaces the stack. The function's name is fixed
        // because of the log group: two functions cannot have it at once.
        { parent, dependsOn: [logGroup], deleteBeforeReplace: true },
    );
}

/**
 * The function's log lines for a failure: an uncaught exception, or its termination by Lambda.
 * https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
 */
const failures = {
    /**
     * Excludes the step testSecret, by AWS's texts (SecretsManagerRDSPostgreSQLRotationSingleUser/lambda_function.py
     * and SecretsManagerRDSMySQLRotationSingleUser/lambda_function.py in
     * aws-samples/aws-secrets-manager-rotation-lambdas): it fails if rotation is configured for a user that the first
     * delivery has yet to create, and its retry then misses the version of the test. No failed rotation goes unnoticed
     * because of that: with a password that cannot log in, the step setSecret fails when the rotation is retried, and
     * setSecret is counted.
     */
    errors: '"[ERROR]" -"database with pending secret" -"has no stage for rotation of secret"',
    ends: '?"Task timed out" ?"Runtime exited"',
};

/** Counts failed rotations. The function's own metric, `Errors`, includes tests of the configuration. */
function countFailures(
    parent: pulumi.Resource,
    name: string,
    logGroup: aws.cloudwatch.LogGroup,
    functionName: string,
): void {
    for (const [what, pattern] of Object.entries(failures)) {
        new aws.cloudwatch.LogMetricFilter(
            `${name}-rotation-${what}`,
            {
                logGroupName: logGroup.name,
                pattern,
                metricTransformation: { namespace: rotationMetrics, name: functionName, value: "1" },
            },
            { parent },
        );
    }
}

export function rotationFunctionName(name: string): string {
    const full = `${pulumi.getProject()}-${pulumi.getStack()}-${name}-rotation`;
    return fixedName("lambdaFunction", full.replace(/[^a-zA-Z0-9_-]/g, "-"));
}

function secretsManagerEndpoint({ partition, region }: Location): string {
    return `https://secretsmanager.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}`;
}

function publisherIn({ partition }: Location) {
    const publisher = publishers[partition];
    if (publisher === undefined) {
        throw new accountErrors.RotationNotPublished({ partition });
    }
    return publisher;
}
