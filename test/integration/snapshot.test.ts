import * as assert from "node:assert/strict";
import {
    CreateDBClusterCommand,
    DescribeDBClusterSnapshotsCommand,
    ListTagsForResourceCommand,
    RDSClient,
} from "@aws-sdk/client-rds";
import { snapshotPrefix } from "../../components/contract";
import { takeSnapshot } from "../../scripts/delivery/aws/snapshot";
import { Emulator } from "../support/aws/emulator";
import { skipWithoutPython } from "../support/aws/python";
import { beforeEachProject, createTable, type Delivery, type Project } from "../support/delivery";

// Against moto. What it proves: the calls, their arguments, what a deployment does with the answers. What it does not:
// how long Aurora takes, and that IAM and KMS let the build make these calls.
const region = "eu-central-1";
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const cluster = "orders-of-a-company-with-a-long-name-prod";

describe("a snapshot before a deployment, by an emulator of RDS", function () {
    this.timeout(300_000);
    let aws: Emulator;
    let rds: RDSClient;

    skipWithoutPython();
    before(async () => {
        aws = await Emulator.start();
        rds = new RDSClient({ endpoint: aws.endpoint, region, credentials });
    });
    after(async () => {
        rds?.destroy();
        await aws?.stop();
    });
    beforeEach(async () => {
        await fetch(`${aws.endpoint}/moto-api/reset`, { method: "POST" });
        await rds.send(
            new CreateDBClusterCommand({
                DBClusterIdentifier: cluster,
                Engine: "aurora-postgresql",
                MasterUsername: "owner",
                MasterUserPassword: "not-a-secret",
            }),
        );
    });

    const lines: string[] = [];
    const take = (releaseId = "release-abcdef0-01234567", of = cluster) =>
        takeSnapshot(rds, {
            cluster: of,
            releaseId,
            secondsBetweenLooks: 1,
            log: (line) => lines.push(line),
            signal: AbortSignal.timeout(60_000),
        });
    const snapshots = async () =>
        (await rds.send(new DescribeDBClusterSnapshotsCommand({ SnapshotType: "manual" }))).DBClusterSnapshots ?? [];

    it("is taken, waited for, named by the release and tagged with it", async () => {
        const { arn, seconds } = await take();
        const [found, ...others] = await snapshots();
        assert.deepEqual(others, []);
        const name = found!.DBClusterSnapshotIdentifier!;
        assert.equal(name, `${snapshotPrefix(cluster)}abcdef0-01234567`);
        assert.ok(name.length <= 63 && /^[a-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$/.test(name), name);
        assert.equal(found!.DBClusterSnapshotArn, arn);
        assert.equal(found!.Status, "available");
        assert.ok(seconds > 0);
        const { TagList } = await rds.send(new ListTagsForResourceCommand({ ResourceName: arn }));
        assert.deepEqual(TagList, [{ Key: "aurora-pipeline:release", Value: "release-abcdef0-01234567" }]);
    });

    it("is not taken twice by a build that is tried again", async () => {
        const first = await take();
        const second = await take();
        assert.equal(second.arn, first.arn);
        assert.equal((await snapshots()).length, 1);
        assert.match(lines.at(-1)!, /already exists: an earlier attempt of this release took it\.$/);
    });

    it("has a name that RDS takes, whatever the release is called", async () => {
        await take("release-a.b_c-...");
        const [found] = await snapshots();
        assert.equal(found!.DBClusterSnapshotIdentifier, `${snapshotPrefix(cluster)}a-b-c`);
    });

    it("that cannot be taken ends the deployment before it begins", async () => {
        await assert.rejects(take("release-1", "nobody"), {
            message:
                /^AP1702: The snapshot nobody-release-1 of the cluster nobody could not be taken, and nothing was deployed: DBCluster/,
        });
    });

    describe("of a real deployment", () => {
        const environment = () => ({
            SNAPSHOT_CLUSTER: cluster,
            AWS_ENDPOINT_URL: aws.endpoint,
            AWS_REGION: region,
            AWS_ACCESS_KEY_ID: credentials.accessKeyId,
            AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        });
        let delivery: Delivery;
        let project: Project;
        beforeEachProject((fresh, started) => {
            [project, delivery] = [fresh, started];
            project.changelog(createTable("orders"));
        });

        it("is in its record, and is not taken for nothing", async () => {
            const output = await project.buildEnding(0, "deploy", { environment: environment() });
            const [found] = await snapshots();
            assert.equal(project.deployment().snapshot?.arn, found!.DBClusterSnapshotArn);
            assert.ok(output.indexOf("Snapshot arn:aws:rds:") < output.indexOf("Tagged release-"), output);

            const again = await delivery.copy(project);
            again.nextExecution();
            await again.buildEnding(0, "deploy", { environment: environment() });
            assert.equal((await snapshots()).length, 1);
        });

        it("keeps it from changing anything when it fails", async () => {
            const output = await project.buildEnding(2, "deploy", {
                environment: { ...environment(), SNAPSHOT_CLUSTER: "nobody" },
            });
            assert.match(output, /The snapshot nobody-release-/);
            assert.deepEqual(await project.tables(), ["databasechangeloglock"]);
            assert.deepEqual(await project.query("SELECT FROM databasechangeloglock WHERE locked"), []);
        });
    });
});
