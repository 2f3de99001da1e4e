import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { AuroraCluster, DbSecret, Egress, Network } from "../../components";
import { account, isSecret, type Properties, promiseOf, record, region, reveal } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";
import {
    secretType,
    versionType,
    policyType,
    filterType,
    rotationType,
    egressType,
    passwordType,
    network,
    database,
    key,
    dbSecret,
    rotated,
} from "./dbSecretSupport";

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
