import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
    AddTagsToResourceCommand,
    CreateDBClusterCommand,
    CreateDBInstanceCommand,
    CreateDBParameterGroupCommand,
    type DBCluster,
    DBClusterAlreadyExistsFault,
    DBInstanceAlreadyExistsFault,
    DescribeDBClustersCommand,
    DescribeDBInstancesCommand,
    RDSClient,
} from "@aws-sdk/client-rds";
import { SecretCredential } from "../../scripts/delivery/aws/credentials/secret";
import { awsErrors } from "../../scripts/delivery/errors";
import { AuroraClone } from "../../scripts/delivery/aws/clones/auroraClone";
import type { CloneLogin } from "../../scripts/delivery/engines/copy";
import { withCopy } from "../../scripts/delivery/safety/rehearsal/copy";
import { reap } from "../../scripts/delivery/aws/clones/reaper";
import { Emulator } from "../support/aws/emulator";
import { unpackedToolchain } from "../support/delivery";

// The AWS calls against moto. What it proves: the calls, their arguments and what is left afterwards. What it does not: how
// long RDS takes, what it refuses meanwhile, and that IAM lets the build make these calls.
const region = "eu-central-1";
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const credential = new SecretCredential("secret", undefined, () => {});
const database = {
    host: "orders",
    port: 15432,
    name: "app",
    username: "owner",
    credential,
    caBundle: "/ca",
    silenceSeconds: 45,
};
const rehearsal = {
    copy: "AuroraClone",
    sourceCluster: "orders",
    securityGroup: "sg-clones",
    cloneLifetimeMinutes: 60,
    lockBudgetMilliseconds: 1,
} as const;
const minute = 60_000;
const repeated = { message: "exists", $metadata: {} };

describe("clones of a cluster, by an emulator of RDS", function () {
    this.timeout(300_000);
    let aws: Emulator;
    let rds: RDSClient;

    before(async () => {
        aws = await Emulator.start();
        rds = new RDSClient({ endpoint: aws.endpoint, region, credentials });
    });
    after(async () => {
        rds.destroy();
        await aws.stop();
    });

    beforeEach(async () => {
        await fetch(`${aws.endpoint}/moto-api/reset`, { method: "POST" });
        await createSource();
    });

    async function createSource(name = "orders"): Promise<void> {
        await rds.send(
            new CreateDBParameterGroupCommand({
                DBParameterGroupName: `${name}-instances`,
                DBParameterGroupFamily: "aurora-postgresql17",
                Description: "instances",
            }),
        );
        await rds.send(
            new CreateDBClusterCommand({
                DBClusterIdentifier: name,
                Engine: "aurora-postgresql",
                MasterUsername: "owner",
                MasterUserPassword: "password-password",
                DatabaseName: "app",
                Port: 15432,
                StorageEncrypted: true,
                ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 4 },
                VpcSecurityGroupIds: ["sg-database"],
                DBClusterParameterGroupName: "orders-parameters",
            }),
        );
        await rds.send(
            new CreateDBInstanceCommand({
                DBInstanceIdentifier: `${name}-1`,
                DBClusterIdentifier: name,
                DBInstanceClass: "db.serverless",
                Engine: "aurora-postgresql",
                DBParameterGroupName: `${name}-instances`,
            }),
        );
    }

    /** What each clone was opened with; there is no server behind the emulator. */
    const opened: CloneLogin[] = [];
    const open = (login: CloneLogin) => Promise.resolve(void opened.push(login));

    function clone(client = rds, sourceCluster = "orders"): AuroraClone {
        return new AuroraClone({
            rds: client,
            rehearsal: { ...rehearsal, sourceCluster },
            database,
            log: () => {},
            signal: new AbortController().signal,
            secondsBetweenLooks: 1,
            retryDeletionAfter: 10,
            open,
        });
    }

    const clusters = async () => (await rds.send(new DescribeDBClustersCommand({}))).DBClusters ?? [];
    const instances = async () => (await rds.send(new DescribeDBInstancesCommand({}))).DBInstances ?? [];
    const names = async () =>
        [
            ...(await clusters()).map(({ DBClusterIdentifier: name }) => name),
            ...(await instances()).map(({ DBInstanceIdentifier: name }) => name),
        ].sort();
    const nothingLeft = ["orders", "orders-1"];

    it("have one serverless instance, a security group of their own, the original's parameters, and tags that say whose they are", async () => {
        const started = Date.now();
        await withCopy(clone(), async (address) => {
            const made = (await clusters()).find(({ DBClusterIdentifier: name }) => name !== "orders") as DBCluster;
            const [instance] = (await instances()).filter(({ DBClusterIdentifier: of }) => of !== "orders");
            assert.match(made.DBClusterIdentifier!, /^orders-rehearsal-[0-9a-f]{8}$/);
            assert.deepEqual(address, { host: made.Endpoint, port: 15432, name: "app" });
            assert.deepEqual(made.ServerlessV2ScalingConfiguration, { MinCapacity: 0.5, MaxCapacity: 4 });
            assert.equal(made.DeletionProtection, false);
            assert.equal(made.DBClusterParameterGroup, "orders-parameters");
            assert.deepEqual(
                made.VpcSecurityGroups?.map(({ VpcSecurityGroupId: id }) => id),
                ["sg-clones"],
            );
            assert.equal(made.IAMDatabaseAuthenticationEnabled, false);
            assert.equal(instance!.DBInstanceIdentifier, made.DBClusterIdentifier);
            assert.equal(instance!.DBInstanceClass, "db.serverless");
            assert.equal(instance!.PubliclyAccessible, false);
            assert.equal(instance!.DBParameterGroups![0]!.DBParameterGroupName, "orders-instances");
            for (const { TagList: tags = [] } of [made, instance!]) {
                const tag = (key: string) => tags.find(({ Key }) => Key === key)?.Value;
                assert.equal(tag("aurora-pipeline:rehearsal-of"), "orders");
                const expires = Date.parse(tag("aurora-pipeline:expires")!);
                assert.ok(expires >= started + 60 * minute && expires <= Date.now() + 60 * minute);
            }
        });
        assert.deepEqual(await names(), nothingLeft);
    });

    it("are made once where RDS makes one and its answer is lost", async () => {
        const client = new RDSClient({ endpoint: aws.endpoint, region, credentials });
        const lost = new Set<string>();
        // The emulator lacks what RDS answers to the repeated request.
        const answers = new Map<string, Error>([
            ["RestoreDBClusterToPointInTimeCommand", new DBClusterAlreadyExistsFault(repeated)],
            ["CreateDBInstanceCommand", new DBInstanceAlreadyExistsFault(repeated)],
        ]);
        client.middlewareStack.add(
            (next, { commandName = "" }) =>
                async (args) => {
                    const answer = answers.get(commandName);
                    if (answer === undefined) return next(args);
                    if (lost.has(commandName)) throw answer;
                    lost.add(commandName);
                    await next(args);
                    throw Object.assign(new Error("no answer"), { name: "TimeoutError" });
                },
            { step: "deserialize" },
        );
        await withCopy(clone(client), async () => assert.equal((await clusters()).length, 2));
        client.destroy();
        assert.deepEqual([...lost], [...answers.keys()]);
        assert.deepEqual(await names(), nothingLeft);
    });

    it("have a new random master password each", async () => {
        opened.length = 0;
        const given: unknown[] = [];
        const client = new RDSClient({ endpoint: aws.endpoint, region, credentials });
        client.middlewareStack.add(
            (next) => (args) => {
                given.push((args.input as { MasterUserPassword?: string }).MasterUserPassword);
                return next(args);
            },
            { step: "initialize" },
        );
        for (let round = 0; round < 2; round++) {
            await withCopy(clone(client), () => Promise.resolve());
        }
        client.destroy();
        assert.equal(opened.length, 2);
        const passwords = opened.map(({ master }) => master.password);
        assert.deepEqual(
            given.filter((password) => password !== undefined),
            passwords,
        );
        assert.notEqual(passwords[0], passwords[1]);
        for (const { master, address } of opened) {
            assert.equal(master.username, "owner");
            assert.match(master.password, /^[0-9a-f]{40}$/);
            assert.equal(address.name, "app");
        }
    });

    it("are not created from a missing cluster", async () => {
        await assert.rejects(
            withCopy(clone(rds, "nowhere"), () => Promise.resolve()),
            new awsErrors.CloneSourceMissing({ cluster: "nowhere" }),
        );
    });

    describe("are deleted whatever happens:", () => {
        /** Runs a rehearsal whose n-th call of RDS fails: before it reaches RDS, or on its way back. */
        async function withFault(
            at: number,
            reached: boolean,
            work: () => Promise<void> = () => Promise.resolve(),
        ): Promise<{ calls: string[]; error?: Error }> {
            const client = new RDSClient({ endpoint: aws.endpoint, region, credentials });
            const calls: string[] = [];
            client.middlewareStack.add(
                (next, context) => async (args) => {
                    calls.push((context as { commandName: string }).commandName);
                    const fails = calls.length === at;
                    if (fails && !reached) {
                        throw new Error(`call ${at} failed`);
                    }
                    const result = await next(args);
                    if (fails) {
                        throw new Error(`the answer of call ${at} was lost`);
                    }
                    return result;
                },
                { step: "initialize" },
            );
            try {
                await withCopy(clone(client), work);
                return { calls };
            } catch (error) {
                return { calls, error: error as Error };
            } finally {
                client.destroy();
            }
        }

        it("each call of RDS fails, or its answer is lost", async () => {
            const { calls } = await withFault(0, false);
            const firstOfRemoval = calls.indexOf("DeleteDBInstanceCommand") - 1;
            assert.ok(firstOfRemoval >= 6, calls.join());
            for (const reached of [false, true]) {
                for (let at = 1; at <= firstOfRemoval; at++) {
                    const { error } = await withFault(at, reached);
                    // A look that fails while RDS is at work is taken again.
                    const looked = calls[at - 1]!.startsWith("Describe");
                    assert.ok(looked || /failed|was lost/.test(error!.message), `call ${at} (${calls[at - 1]})`);
                    assert.deepEqual(await names(), nothingLeft, `call ${at} (${calls[at - 1]}), reached: ${reached}`);
                }
            }
        });

        it("the work fails", async () => {
            const { error } = await withFault(0, false, () => Promise.reject(new Error("the work")));
            assert.equal(error!.message, "the work");
            assert.deepEqual(await names(), nothingLeft);
        });

        it("their deletion fails: then the build says so, and the reaper deletes them in time", async () => {
            const { calls } = await withFault(0, false);
            const removal = calls.indexOf("DeleteDBInstanceCommand");
            for (let at = removal; at <= calls.length; at++) {
                const { error } = await withFault(at, false);
                assert.match(
                    error!.message,
                    /^AP1705: The clone orders-rehearsal-[0-9a-f]{8} could not be deleted \(call \d+ failed\)\. Until then it costs money: wait for the reaper, which deletes it 60 minutes after its creation/,
                );
                const left = await clusters();
                assert.equal(left.length, 2);
                await reap(rds, "orders", () => {}, new Date(Date.now() + 59 * minute));
                assert.equal((await clusters()).length, 2, "before its time");
                await reap(rds, "orders", () => {}, new Date(Date.now() + 61 * minute));
                assert.deepEqual(await names(), nothingLeft);
            }
        });

        it("the build is stopped while RDS makes them", async () => {
            const stopping = new AbortController();
            const copy = new AuroraClone({
                rds,
                rehearsal,
                database,
                log: (line) => {
                    if (line.startsWith("Cloning")) {
                        stopping.abort();
                    }
                },
                signal: stopping.signal,
                secondsBetweenLooks: 1,
                retryDeletionAfter: 10,
                open,
            });
            await assert.rejects(withCopy(copy, () => Promise.resolve()));
            assert.deepEqual(await names(), nothingLeft);
        });
    });

    describe("and the reaper", () => {
        const past = new Date(Date.now() - minute).toISOString();

        async function foreign(name: string, tags: Record<string, string>): Promise<void> {
            await rds.send(
                new CreateDBClusterCommand({
                    DBClusterIdentifier: name,
                    Engine: "aurora-postgresql",
                    MasterUsername: "owner",
                    MasterUserPassword: "password-password",
                    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
                }),
            );
        }

        it("deletes only clones of its cluster, by name and tag, whose time has passed", async () => {
            const ours = { "aurora-pipeline:rehearsal-of": "orders", "aurora-pipeline:expires": past };
            const later = new Date(Date.now() + minute).toISOString();
            await foreign("orders-rehearsal-00000001", ours);
            await foreign("orders-rehearsal-00000002", { ...ours, "aurora-pipeline:expires": later });
            await foreign("orders-rehearsal-00000003", { ...ours, "aurora-pipeline:expires": "soon" });
            await foreign("orders-rehearsal-00000004", { ...ours, "aurora-pipeline:rehearsal-of": "other" });
            await foreign("orders-rehearsal-00000005", {});
            await foreign("customers", ours);
            // Somebody tagged the original itself.
            const [source] = (await clusters()).filter(({ DBClusterIdentifier: name }) => name === "orders");
            await rds.send(
                new AddTagsToResourceCommand({
                    ResourceName: source!.DBClusterArn,
                    Tags: Object.entries(ours).map(([Key, Value]) => ({ Key, Value })),
                }),
            );
            const lines: string[] = [];
            await reap(rds, "orders", (line) => lines.push(line));
            assert.deepEqual(await names(), [
                "customers",
                "orders",
                "orders-1",
                "orders-rehearsal-00000002",
                "orders-rehearsal-00000003",
                "orders-rehearsal-00000004",
                "orders-rehearsal-00000005",
            ]);
            assert.deepEqual(lines, [
                `Deleted orders-rehearsal-00000001: it expired at ${past}.`,
                "1 clone of orders deleted.",
            ]);
        });

        it("is the program that the scheduled build runs", async () => {
            const directory = unpackedToolchain();
            await foreign("orders-rehearsal-0000000a", {
                "aurora-pipeline:rehearsal-of": "orders",
                "aurora-pipeline:expires": past,
            });
            const child = spawn(process.execPath, ["delivery.cjs", "reap"], {
                cwd: directory,
                env: {
                    PATH: process.env.PATH,
                    AWS_ENDPOINT_URL_RDS: aws.endpoint,
                    AWS_REGION: region,
                    AWS_ACCESS_KEY_ID: "test",
                    AWS_SECRET_ACCESS_KEY: "test",
                    REHEARSAL_SOURCE_CLUSTER: "orders",
                },
                stdio: ["ignore", "pipe", "inherit"],
            });
            let output = "";
            child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
            const [code] = (await once(child, "close")) as [number];
            assert.equal(code, 0);
            assert.match(output, /Deleted orders-rehearsal-0000000a/);
            assert.deepEqual(await names(), nothingLeft);
        });
    });
});
