import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { AuroraCluster, type DatabaseRef, DbSecret, type DbSecretArgs, Egress, Network } from "../../components";
import { account, isSecret, type Properties, promiseOf, record, region, reveal } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";

const secretType = "aws:secretsmanager/secret:Secret";
const versionType = "aws:secretsmanager/secretVersion:SecretVersion";
const policyType = "aws:secretsmanager/secretPolicy:SecretPolicy";
const filterType = "aws:cloudwatch/logMetricFilter:LogMetricFilter";
const rotationType = "aws:secretsmanager/secretRotation:SecretRotation";
const applicationType = "aws:serverlessrepository/cloudFormationStack:CloudFormationStack";
const ingressType = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const egressType = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const passwordType = "random:index/randomPassword:RandomPassword";

const network = { vpcId: "vpc-1", privateSubnetIds: ["private-1", "private-2"], isolatedSubnetIds: ["isolated-1"] };
const database: DatabaseRef = {
    engine: "aurora-postgresql",
    clusterIdentifier: "shop",
    endpoint: "shop.example.com",
    port: 15432,
    databaseName: "app",
    securityGroupId: "sg-database",
};
const key = `arn:aws:kms:${region}:${account}:key/1`;

const dbSecret = (args: Partial<DbSecretArgs> = {}) =>
    record(() => new DbSecret("login", { database, username: "dbowner", ...args }));
const rotated = (args: Partial<DbSecretArgs> = {}) => dbSecret({ rotation: { afterDays: 30, network }, ...args });

describe("DbSecret", () => {
    it("creates a secret, its value, its policy and a password, and nothing else", async () => {
        const { resources, one } = await dbSecret();
        assert.deepEqual(resources.map(({ type, name }) => `${type} ${name}`).sort(), [
            "aurora-pipeline:index:DbSecret login",
            "aws:secretsmanager/secret:Secret login",
            "aws:secretsmanager/secretPolicy:SecretPolicy login",
            "aws:secretsmanager/secretVersion:SecretVersion login",
            "random:index/randomPassword:RandomPassword login",
        ]);
        const { urn } = one("aurora-pipeline:index:DbSecret");
        for (const child of nonEmpty(resources.filter((resource) => resource.urn !== urn))) {
            assert.equal(child.parent, urn, child.name);
        }
    });

    it("lets AWS name the secret: a deleted name stays taken through the recovery window", async () => {
        const { one } = await dbSecret();
        assert.deepEqual(one(secretType).inputs, {
            description: "Credential of dbowner for shop",
            recoveryWindowInDays: 30,
        });
    });

    describe("the value", () => {
        it("is RDS's JSON, as a secret", async () => {
            const { one } = await dbSecret();
            const { secretString } = one(versionType).inputs;
            assert.ok(isSecret(secretString));
            assert.deepEqual(JSON.parse(reveal(secretString)), {
                engine: "postgres",
                host: "shop.example.com",
                port: 15432,
                username: "dbowner",
                password: "password-of-login",
                dbname: "app",
                dbClusterIdentifier: "shop",
            });
        });

        it("names MySQL as AWS's rotation does", async () => {
            const { one } = await dbSecret({ database: { ...database, engine: "aurora-mysql" } });
            const value = JSON.parse(reveal(one(versionType).inputs.secretString)) as Properties;
            assert.equal(value.engine, "mysql");
        });

        it("names the database that rotation logs in to, if that is a different one", async () => {
            const { one } = await dbSecret({ loginDatabase: "postgres" });
            const value = JSON.parse(reveal(one(versionType).inputs.secretString)) as Properties;
            assert.equal(value.dbname, "postgres");
        });

        it("belongs to rotation once it exists", async () => {
            const { one } = await dbSecret();
            assert.deepEqual(one(versionType).ignoreChanges, ["secretString"]);
        });

        it("stays in the secret when it is no longer current", async () => {
            const { resources, one } = await dbSecret();
            assert.equal(one(versionType).retainOnDelete, true);
            assert.deepEqual(
                resources.filter(({ retainOnDelete }) => retainOnDelete).map(({ type }) => type),
                [versionType],
            );
        });

        it("is rewritten for a replaced cluster, which has the initial password again", async () => {
            const of = async (args: object) => {
                const { one } = await dbSecret({ database: { ...database, ...args } });
                return one(versionType).replacementTrigger;
            };
            assert.equal(await of({ clusterResourceId: "cluster-ABC" }), "cluster-ABC");
            // Without that id, a cluster counts as replaced if its address differs.
            assert.equal(await of({}), "shop.example.com");
            // The port does not count: the cluster keeps the rotated password.
            assert.equal(await of({ clusterResourceId: "cluster-ABC", port: 25432 }), "cluster-ABC");
        });

        it("contains the given password, and then creates none", async () => {
            const { one, all, result } = await dbSecret({ password: "correct-horse" });
            assert.deepEqual(all(passwordType), []);
            assert.ok(isSecret(one(versionType).inputs.secretString));
            assert.match(reveal<string>(one(versionType).inputs.secretString), /"password":"correct-horse"/);
            assert.equal(await pulumi.isSecret(result.password), true);
        });

        it("shows the password nowhere else", async () => {
            const { resources } = await rotated();
            for (const { type, inputs } of nonEmpty(resources.filter((resource) => resource.type !== versionType))) {
                assert.doesNotMatch(JSON.stringify(inputs), /password-of/, type);
            }
        });
    });

    it("outputs what a build needs to read it", async () => {
        const { result } = await dbSecret({ kmsKeyArn: key });
        assert.equal(await promiseOf(result.secretArn), `arn:aws:secretsmanager:${region}:${account}:login`);
        assert.equal(await promiseOf(result.kmsKeyArn), key);
        assert.equal(await promiseOf(result.username), "dbowner");
        assert.equal(await promiseOf(result.password), "password-of-login");
        assert.equal(await pulumi.isSecret(result.password), true);
    });

    it("is encrypted with the key it is given, or with AWS's", async () => {
        assert.equal((await dbSecret({ kmsKeyArn: key })).one(secretType).inputs.kmsKeyId, key);
        const { one, result } = await dbSecret();
        assert.equal(one(secretType).inputs.kmsKeyId, undefined);
        assert.equal(result.kmsKeyArn, undefined);
    });

    it("denies every other account, and rejects a public policy", async () => {
        const { one } = await dbSecret();
        const { inputs } = one(policyType);
        assert.equal(inputs.blockPublicPolicy, true);
        assert.equal(inputs.secretArn, `arn:aws:secretsmanager:${region}:${account}:login`);
        assert.deepEqual(JSON.parse(inputs.policy as string), {
            Version: "2012-10-17",
            Statement: [
                {
                    Sid: "ThisAccountOnly",
                    Effect: "Deny",
                    Principal: "*",
                    Action: ["secretsmanager:*"],
                    Resource: ["*"],
                    Condition: {
                        StringNotEquals: { "aws:PrincipalAccount": account },
                        Bool: { "aws:PrincipalIsAWSService": "false" },
                    },
                },
            ],
        });
    });

    it("can be deleted at once", async () => {
        const { one } = await dbSecret({ recoveryWindowInDays: 0 });
        assert.equal(one(secretType).inputs.recoveryWindowInDays, 0);
    });

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

    it("accepts a Network and an AuroraCluster directly", async () => {
        const { one } = await record(() => {
            const own = new Network("net", { egress: Egress.Endpoints });
            const cluster = new AuroraCluster("db", { network: own });
            return new DbSecret("login", {
                database: cluster,
                username: cluster.masterUsername,
                password: cluster.masterPassword,
                rotation: { afterDays: 30, network: own },
            });
        });
        assert.deepEqual(JSON.parse(reveal(one(versionType).inputs.secretString)), {
            engine: "postgres",
            host: `db.cluster-abc.${region}.rds.amazonaws.com`,
            port: 15432,
            username: "dbowner",
            password: "password-of-db-master",
            dbname: "app",
            dbClusterIdentifier: "db-stack",
        });
        const { inputs } = one(egressType, "login-rotation-to-secrets-manager");
        assert.equal(inputs.referencedSecurityGroupId, "net-endpoints-id");
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

    it("tags everything that supports tags", async () => {
        const tags = { Owner: "shop" };
        const { resources } = await rotated({ tags });
        const untaggable = [versionType, policyType, rotationType, filterType];
        for (const { type, name, inputs } of nonEmpty(resources)) {
            if (type.startsWith("aws:") && !untaggable.includes(type)) {
                assert.deepEqual(inputs.tags, tags, `${type} ${name}`);
            }
        }
    });

    it("rejects all invalid args at once, before it creates anything", async () => {
        const { resources } = await record(() =>
            assert.throws(
                () =>
                    new DbSecret("login", {
                        database: { ...database, engine: "postgres" },
                        username: "",
                        kmsKeyArn: "alias/secrets",
                        recoveryWindowInDays: 3,
                        rotation: { afterDays: 91, network, logRetentionInDays: 30 },
                    }),
                {
                    message: [
                        'AP2002: DbSecret "login" has 5 invalid arguments; nothing of it was created:',
                        '  - AP2101: username: given "". Allowed: the name of a database user. Set it.',
                        '  - AP2104: database.engine: given "postgres". Allowed: "aurora-postgresql", "aurora-mysql". DbSecret is for Aurora only.',
                        "  - AP2103: recoveryWindowInDays: given 3. Allowed: 0, or a whole number from 7 to 30 days. 0 deletes the secret for good at once.",
                        '  - AP2105: kmsKeyArn: given "alias/secrets". Allowed: the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>). Give the key\'s ARN, not its id or alias.',
                        "  - AP2103: rotation.afterDays: given 91. Allowed: a whole number from 1 to 90 days. To disable rotation, leave it out.",
                        "Correct the program, and run the command again.",
                    ].join("\n"),
                },
            ),
        );
        assert.deepEqual(resources, []);
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
