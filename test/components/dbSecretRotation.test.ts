import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { DbSecret } from "../../components";
import { account, type Properties, promiseOf, record, region } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";
import {
    versionType,
    filterType,
    rotationType,
    applicationType,
    ingressType,
    egressType,
    network,
    database,
    key,
    dbSecret,
    rotated,
} from "./dbSecretSupport";

describe("DbSecret", () => {
    describe("with rotation", () => {
        it("rotates with AWS's own function, first within the interval, not at once", async () => {
            const { one } = await rotated();
            assert.deepEqual(one(rotationType).inputs, {
                secretId: "login-id",
                rotationLambdaArn: `arn:aws:lambda:${region}:${account}:function:login-rotation`,
                rotationRules: { automaticallyAfterDays: 30 },
                rotateImmediately: false,
            });
            assert.ok(
                one(rotationType).dependencies.includes(one(versionType).urn),
                "There must be a value to rotate.",
            );
        });

        it("deploys AWS's application for PostgreSQL into the VPC", async () => {
            const { one } = await rotated();
            assert.deepEqual(one(applicationType).inputs, {
                applicationId:
                    "arn:aws:serverlessrepo:us-east-1:297356227824:applications/SecretsManagerRDSPostgreSQLRotationSingleUser",
                semanticVersion: "1.1.671",
                capabilities: ["CAPABILITY_IAM", "CAPABILITY_RESOURCE_POLICY"],
                parameters: {
                    endpoint: `https://secretsmanager.${region}.amazonaws.com`,
                    functionName: "project-stack-login-rotation",
                    vpcSubnetIds: "private-1,private-2",
                    vpcSecurityGroupIds: "login-rotation-id",
                    excludeCharacters: "/@\"'\\ ",
                },
            });
        });

        it("deploys the one for MySQL, even if the engine is known only later", async () => {
            const later = pulumi.output(Promise.resolve("aurora-mysql"));
            const { one } = await rotated({ database: { ...database, engine: later } });
            assert.match(
                one(applicationType).inputs.applicationId as string,
                /SecretsManagerRDSMySQLRotationSingleUser$/,
            );
        });

        it("deploys the one that AWS publishes in China", async () => {
            const partition = { partition: "aws-cn", dnsSuffix: "amazonaws.com.cn", id: "aws-cn" };
            const { one } = await record(
                () => new DbSecret("login", { database, username: "u", rotation: { afterDays: 30, network } }),
                { call: (token) => (token === "aws:index/getPartition:getPartition" ? partition : undefined) },
            );
            const { applicationId, parameters } = one(applicationType).inputs;
            assert.match(applicationId as string, /^arn:aws-cn:serverlessrepo:cn-north-1:193023089310:/);
            assert.equal((parameters as Properties).endpoint, `https://secretsmanager.${region}.amazonaws.com.cn`);
        });

        it("lets the function use the secret's key", async () => {
            const { one } = await rotated({ kmsKeyArn: key });
            assert.equal((one(applicationType).inputs.parameters as Properties).kmsKeyArn, key);
        });

        it("logs to a group that exists first", async () => {
            const { one } = await rotated({ kmsKeyArn: key });
            const logGroup = one("aws:cloudwatch/logGroup:LogGroup");
            assert.deepEqual(logGroup.inputs, {
                name: "/aws/lambda/project-stack-login-rotation",
                retentionInDays: 30,
                kmsKeyId: key,
            });
            assert.ok(one(applicationType).dependencies.includes(logGroup.urn));
        });

        it("gives the function access to the database and nothing else", async () => {
            const { one, all } = await rotated();
            const toDatabase = { ipProtocol: "tcp", fromPort: 15432, toPort: 15432 };
            assert.deepEqual(one(ingressType).inputs, {
                securityGroupId: "sg-database",
                description: "Rotation of the secret login",
                referencedSecurityGroupId: "login-rotation-id",
                ...toDatabase,
            });
            assert.deepEqual(
                all(egressType).map(({ inputs }) => inputs),
                [
                    {
                        securityGroupId: "login-rotation-id",
                        description: "The database",
                        referencedSecurityGroupId: "sg-database",
                        ...toDatabase,
                    },
                    {
                        securityGroupId: "login-rotation-id",
                        description: "Secrets Manager: the interface endpoints of the network, or the NAT gateway",
                        cidrIpv4: "0.0.0.0/0",
                        ipProtocol: "tcp",
                        fromPort: 443,
                        toPort: 443,
                    },
                ],
            );
        });

        it("reaches Secrets Manager by the interface endpoints of a network that has them", async () => {
            const { one } = await rotated({
                rotation: { afterDays: 30, network: { ...network, endpointSecurityGroupId: "sg-endpoints" } },
            });
            const { inputs } = one(egressType, "login-rotation-to-secrets-manager");
            assert.equal(inputs.referencedSecurityGroupId, "sg-endpoints");
            assert.equal(inputs.cidrIpv4, undefined);
        });

        it("outputs the function's name, for monitoring", async () => {
            const { one, result } = await rotated();
            const { functionName } = one(applicationType).inputs.parameters as Properties;
            assert.equal(await promiseOf(result.rotationFunctionName), functionName);
            assert.equal((await dbSecret()).result.rotationFunctionName, undefined);
        });

        it("names the function within Lambda's 64 characters", async () => {
            const name = "a-login-with-a-name-that-is-much-longer-than-what-lambda-takes";
            const { one } = await record(
                () => new DbSecret(name, { database, username: "u", rotation: { afterDays: 30, network } }),
            );
            const { functionName } = one(applicationType).inputs.parameters as Properties;
            assert.equal((functionName as string).length, 64);
            // The hash distinguishes it from other secrets whose names begin the same.
            assert.match(functionName as string, /^project-stack-a-login-.*-[0-9a-f]{8}$/);
        });
    });

    describe("counts failed rotations", () => {
        // As AWS's function writes them: lambda_function.py of SecretsManagerRDSPostgreSQLRotationSingleUser, behind what
        // Lambda's logging puts in front, and as Lambda reports an exception that nothing caught.
        const arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:login-AbCdEf";
        const failed = [
            `[ERROR]\t2026-11-29T05:00:00.000Z\t0a1b\tsetSecret: Unable to log into database with previous, current, or pending secret of secret arn ${arn}`,
            `[ERROR] ValueError: Unable to log into database with previous, current, or pending secret of secret arn ${arn}\nTraceback (most recent call last):`,
            `[ERROR] ValueError: Secret version 1 not set as AWSPENDING for rotation of secret ${arn}.`,
            "[ERROR] EndpointConnectionError: Could not connect to the endpoint URL",
            "[ERROR] Runtime.ImportModuleError: Unable to import module 'lambda_function': No module named 'pg'",
            "2026-11-29T05:00:00.000Z 0a1b Task timed out after 30.03 seconds",
            "RequestId: 0a1b Error: Runtime exited with error: signal: killed",
        ];
        // When rotation is configured for a user that does not exist yet, and when Lambda retries that.
        const tested = [
            `[ERROR]\t2026-11-29T05:00:00.000Z\t0a1b\ttestSecret: Unable to log into database with pending secret of secret ARN ${arn}`,
            `[ERROR] ValueError: Unable to log into database with pending secret of secret ARN ${arn}\nTraceback (most recent call last):`,
            `[ERROR]\t2026-11-29T05:00:00.000Z\t0a1b\tSecret version 1 has no stage for rotation of secret ${arn}.`,
            `[ERROR] ValueError: Secret version 1 has no stage for rotation of secret ${arn}.`,
        ];
        const succeeded = [
            "START RequestId: 0a1b Version: $LATEST",
            `[INFO]\t2026-11-29T05:00:00.000Z\t0a1b\tsetSecret: Successfully set password for user app in PostgreSQL DB for secret arn ${arn}.`,
            `[INFO]\t2026-11-29T05:00:00.000Z\t0a1b\tfinishSecret: Successfully set AWSCURRENT stage to version 1 for secret ${arn}.`,
        ];

        it("and not a test of the configuration, by the function's log", async () => {
            const { all, result, one } = await rotated();
            const group = one("aws:cloudwatch/logGroup:LogGroup").inputs.name as string;
            const patterns = all(filterType).map(({ inputs }) => {
                assert.equal(inputs.logGroupName, group);
                return inputs.pattern as string;
            });
            const counted = (line: string) => patterns.some((pattern) => matchesFilter(pattern, line));
            assert.deepEqual(failed.filter(counted), failed);
            assert.deepEqual([...tested, ...succeeded].filter(counted), []);
            const metric = await promiseOf(result.rotationFailureMetric);
            assert.equal(metric, await promiseOf(result.rotationFunctionName));
            for (const { inputs } of nonEmpty(all(filterType))) {
                assert.deepEqual(inputs.metricTransformation, {
                    namespace: "AuroraPipeline/Rotation",
                    name: metric,
                    value: "1",
                });
            }
        });
    });
});

/**
 * Whether CloudWatch Logs finds a line by a pattern of quoted terms: all of them, none of those with a minus, one of those
 * with a question mark.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
 */
function matchesFilter(pattern: string, line: string): boolean {
    const terms = [...pattern.matchAll(/([-?]?)"([^"]*)"/g)];
    assert.equal(terms.map(([term]) => term).join(" "), pattern, "only quoted terms are understood here");
    const contained = (sign: string) => terms.filter((term) => term[1] === sign).map((term) => line.includes(term[2]!));
    const optional = contained("?");
    // AWS ignores "?" beside other terms.
    assert.ok(optional.length === 0 || optional.length === terms.length);
    return (
        contained("").every(Boolean) &&
        !contained("-").some(Boolean) &&
        (optional.length === 0 || optional.some(Boolean))
    );
}
