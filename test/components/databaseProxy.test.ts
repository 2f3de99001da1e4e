import assert from "node:assert/strict";
import { DatabaseProxy, type DatabaseProxyArgs } from "../../components";
import { promiseOf, record } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";
import { statementsOf } from "../support/policies";

const type = {
    egress: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    group: "aws:ec2/securityGroup:SecurityGroup",
    ingress: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    log: "aws:cloudwatch/logGroup:LogGroup",
    proxy: "aws:rds/proxy:Proxy",
    role: "aws:iam/role:Role",
    rolePolicy: "aws:iam/rolePolicy:RolePolicy",
    target: "aws:rds/proxyTarget:ProxyTarget",
    targets: "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup",
};
const secret = (name: string) => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-AbCdEf`;
const keyArn = "arn:aws:kms:eu-central-1:123456789012:key/1";

const given: DatabaseProxyArgs = {
    network: { vpcId: "vpc-1", privateSubnetIds: ["subnet-1"], isolatedSubnetIds: ["subnet-3", "subnet-4"] },
    database: {
        engine: "aurora-postgresql",
        clusterIdentifier: "shop",
        clusterResourceId: "cluster-ABC",
        endpoint: "shop.example.com",
        port: 15432,
        databaseName: "app",
        securityGroupId: "sg-database",
    },
    credentials: [{ secretArn: secret("api"), kmsKeyArn: keyArn }, { secretArn: secret("worker") }],
    tags: { team: "payments" },
};
const proxied = (args: Partial<DatabaseProxyArgs> = {}) =>
    record(() => new DatabaseProxy("shop", { ...given, ...args }));

describe("DatabaseProxy", () => {
    it("parents everything that it creates, and tags what supports tags", async () => {
        const { resources, one } = await proxied({ allowedSecurityGroupIds: { api: "sg-api" } });
        const { urn } = one("aurora-pipeline:index:DatabaseProxy");
        for (const child of nonEmpty(resources.filter((resource) => resource.urn !== urn))) {
            assert.equal(child.parent, urn, child.name);
        }
        const untagged = resources.filter(({ inputs }) => !("tags" in inputs)).map((resource) => resource.type);
        assert.deepEqual(
            untagged.sort(),
            [type.rolePolicy, "aurora-pipeline:index:DatabaseProxy", type.targets, type.target].sort(),
        );
    });

    it("requires TLS and, by default, IAM tokens", async () => {
        const { inputs } = (await proxied()).one(type.proxy);
        assert.equal(inputs.requireTls, true);
        assert.equal(inputs.debugLogging, false);
        assert.deepEqual(inputs.auths, [
            { authScheme: "SECRETS", iamAuth: "REQUIRED", secretArn: secret("api") },
            { authScheme: "SECRETS", iamAuth: "REQUIRED", secretArn: secret("worker") },
        ]);
        const { auths } = (await proxied({ iamAuthentication: "Disabled" })).one(type.proxy).inputs;
        assert.deepEqual(
            (auths as { iamAuth: string }[]).map(({ iamAuth }) => iamAuth),
            ["DISABLED", "DISABLED"],
        );
    });

    it("may read the given secrets, each with its key, and nothing else", async () => {
        const { one } = await proxied();
        const { policy, role } = one(type.rolePolicy).inputs;
        assert.equal(role, one(type.role).outputs.name);
        const statements = statementsOf(policy);
        assert.deepEqual(
            statements.map(({ Action, Resource }) => [Action, Resource]),
            [
                [["secretsmanager:GetSecretValue"], [secret("api"), secret("worker")]],
                [["kms:Decrypt"], [keyArn]],
            ],
        );
        assert.deepEqual(statements[1]?.Condition, {
            StringEquals: {
                "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com",
                "kms:EncryptionContext:SecretARN": secret("api"),
            },
        });
        assert.deepEqual(
            statementsOf(one(type.role).inputs.assumeRolePolicy).map(({ Principal, Action }) => [Principal, Action]),
            [[{ Service: "rds.amazonaws.com" }, ["sts:AssumeRole"]]],
        );
        assert.ok(one(type.proxy).dependencies.includes(one(type.rolePolicy).urn));
    });

    it("listens at the engine's own port, and reaches the cluster at the cluster's", async () => {
        const { all, one, result } = await proxied({ allowedSecurityGroupIds: { api: "sg-api" } });
        const group = one(type.group);
        assert.equal(group.inputs.vpcId, "vpc-1");
        const ports = (resources: { inputs: Record<string, unknown> }[]) =>
            resources.map(({ inputs }) => [
                inputs.securityGroupId,
                inputs.referencedSecurityGroupId,
                inputs.ipProtocol,
                inputs.fromPort,
                inputs.toPort,
            ]);
        assert.deepEqual(ports(all(type.egress)), [[group.id, "sg-database", "tcp", 15432, 15432]]);
        assert.deepEqual(ports([one(type.ingress, "shop-api"), one(type.ingress, "shop-into-database")]), [
            [group.id, "sg-api", "tcp", 5432, 5432],
            ["sg-database", group.id, "tcp", 15432, 15432],
        ]);
        assert.equal(await promiseOf(result.port), 5432);
        assert.equal(await promiseOf(result.securityGroupId), group.id);
        assert.deepEqual(one(type.proxy).inputs.vpcSecurityGroupIds, [group.id]);
    });

    it("admits no clients by default", async () => {
        const { all } = await proxied();
        assert.deepEqual(
            all(type.ingress).map(({ name }) => name),
            ["shop-into-database"],
        );
    });

    it("speaks MySQL for Aurora MySQL", async () => {
        const { one, result } = await proxied({ database: { ...given.database, engine: "aurora-mysql", port: 13306 } });
        assert.equal(one(type.proxy).inputs.engineFamily, "MYSQL");
        assert.equal(await promiseOf(result.port), 3306);
    });

    it("is in the isolated subnets, and moves only with its VPC", async () => {
        const { inputs, ignoreChanges, replacementTrigger, deleteBeforeReplace } = (await proxied()).one(type.proxy);
        assert.equal(inputs.engineFamily, "POSTGRESQL");
        assert.deepEqual(inputs.vpcSubnetIds, ["subnet-3", "subnet-4"]);
        assert.deepEqual([ignoreChanges, replacementTrigger], [["vpcSubnetIds"], "vpc-1"]);
        // Its name is fixed.
        assert.equal(deleteBeforeReplace, true);
    });

    it("reserves connections for migrations and people, and closes idle ones", async () => {
        const { one } = await proxied();
        assert.equal(one(type.proxy).inputs.idleClientTimeout, 1800);
        assert.deepEqual(one(type.targets).inputs.connectionPoolConfig, { maxConnectionsPercent: 90 });
        const other = await proxied({ idleTimeoutSeconds: 60, maxConnectionsPercent: 50 });
        assert.equal(other.one(type.proxy).inputs.idleClientTimeout, 60);
        assert.deepEqual(other.one(type.targets).inputs.connectionPoolConfig, { maxConnectionsPercent: 50 });
    });

    it("registers the cluster, and again if it is replaced under the same name", async () => {
        const { inputs, replacementTrigger, deleteBeforeReplace, dependencies } = (await proxied()).one(type.target);
        assert.equal(inputs.dbClusterIdentifier, "shop");
        assert.equal(deleteBeforeReplace, true);
        assert.equal(replacementTrigger, "cluster-ABC");
        assert.ok(dependencies.some((urn) => urn.includes("shop-into-database")));
        const { clusterResourceId, ...unknown } = given.database;
        assert.ok(clusterResourceId !== undefined);
        const { one } = await proxied({ database: unknown });
        assert.equal(one(type.target).replacementTrigger, "shop.example.com");
    });

    it("logs to a group that exists before RDS would create one with unlimited retention", async () => {
        const { one } = await proxied({ proxyName: "orders", logRetentionInDays: 365, kmsKeyArn: keyArn });
        const { inputs, urn } = one(type.log);
        assert.deepEqual(
            [inputs.name, inputs.retentionInDays, inputs.kmsKeyId],
            ["/aws/rds/proxy/orders", 365, keyArn],
        );
        assert.equal(one(type.proxy).inputs.name, "orders");
        assert.ok(one(type.proxy).dependencies.includes(urn));
    });

    it("is named after the component and the stack, which may share an account with others", async () => {
        assert.equal((await proxied()).one(type.proxy).inputs.name, "shop-stack");
    });

    it("rejects all invalid args at once, before anything is registered", async () => {
        const args: Partial<DatabaseProxyArgs> = {
            credentials: [{ secretArn: secret("api") }, { secretArn: secret("api") }],
            proxyName: "orders_proxy",
            iamAuthentication: "Enabled" as never,
            idleTimeoutSeconds: 0,
            maxConnectionsPercent: 101,
            logRetentionInDays: 2,
            kmsKeyArn: "alias/orders",
        };
        const recording = await record(() =>
            assert.throws(() => new DatabaseProxy("shop", { ...given, ...args }), {
                message: [
                    'AP2002: DatabaseProxy "shop" has 7 invalid arguments; nothing of it was created:',
                    '  - AP2105: proxyName: given "orders_proxy". Allowed: a letter, then letters, digits and single hyphens, ' +
                        "at most 60 characters. Set one if the component's name and the stack's do not form one.",
                    `  - AP2106: credentials: given ["${secret("api")}","${secret("api")}"]. Allowed: each secret once. ` +
                        "Take the duplicates out.",
                    '  - AP2104: iamAuthentication: given "Enabled". Allowed: "Required", "Disabled". ' +
                        'Leave it out for "Required".',
                    "  - AP2103: idleTimeoutSeconds: given 0. Allowed: a whole number from 1 to 28800 seconds. " +
                        "Leave it out for 1800.",
                    "  - AP2103: maxConnectionsPercent: given 101. Allowed: a whole number from 1 to 100 percent. " +
                        "Leave it out for 90.",
                    "  - AP2104: logRetentionInDays: given 2. Allowed: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, " +
                        "545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653. " +
                        "CloudWatch Logs keeps logs for these numbers of days only.",
                    '  - AP2105: kmsKeyArn: given "alias/orders". Allowed: the ARN of a KMS key ' +
                        "(arn:aws:kms:<region>:<account>:key/<id>). Give the key's ARN, not its id or alias.",
                    "Correct the program, and run the command again.",
                ].join("\n"),
            }),
        );
        assert.deepEqual(recording.resources, []);
    });
});
