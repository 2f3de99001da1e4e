import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { DbPipeline } from "../../components/dbPipeline";
import type { SourceProvider } from "../../components/pipeline/source";
import { promiseOf, type Recording } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";
import { connectionArn, deploy, recordPipeline, pipeline, granted } from "./dbPipelineSupport";

describe("DbPipeline", () => {
    describe("source", () => {
        it("starts the pipeline on pushes that touch the deploy build's migrations", async () => {
            const elsewhere = { ...deploy, migrationsDirectory: pulumi.output("db/changes") };
            for (const [given, path] of [
                [deploy, "migrations/**"],
                [elsewhere, "db/changes/**"],
            ] as const) {
                const { triggers } = pipeline(await recordPipeline({ builds: { deploy: given } })).inputs;
                assert.deepEqual(triggers, [
                    {
                        providerType: "CodeStarSourceConnection",
                        gitConfiguration: {
                            sourceActionName: "Source",
                            pushes: [{ branches: { includes: ["main"] }, filePaths: { includes: [path] } }],
                        },
                    },
                ]);
            }
        });

        it("uses the given connection and creates none", async () => {
            const recording = await recordPipeline();
            assert.deepEqual(recording.all("aws:codeconnections/connection:Connection"), []);
            assert.equal(await promiseOf(recording.result.connectionArn!), connectionArn);
            assert.equal(recording.result.connectionStatus, undefined);
        });

        describe("without a connection", () => {
            const warnings: string[] = [];
            const { warn } = pulumi.log;
            const log = pulumi.log as { warn: typeof warn };
            before(() => (log.warn = (message) => Promise.resolve(void warnings.push(message))));
            after(() => (log.warn = warn));
            beforeEach(() => warnings.splice(0));

            const type = "aws:codeconnections/connection:Connection";
            const recordStatus = (provider: SourceProvider, connectionStatus: string): Promise<Recording<DbPipeline>> =>
                recordPipeline(
                    { source: { provider, repository: "acme/orders" } },
                    { outputs: (created) => (created === type ? { connectionStatus } : undefined) },
                );

            for (const provider of ["GitHub", "GitLab", "Bitbucket"] as const) {
                it(`creates one to ${provider}, and says what a person has to do`, async () => {
                    const recording = await recordStatus(provider, "PENDING");
                    assert.deepEqual(recording.one(type).inputs, { name: "orders", providerType: provider });
                    assert.equal(await promiseOf(recording.result.connectionStatus!), "PENDING");
                    const made = await promiseOf(recording.result.connectionArn!);
                    assert.deepEqual(granted(recording, "orders-role").UseConnection, [made]);
                    assert.deepEqual(warnings, [
                        `The connection to ${provider} waits for its handshake: AWS console, Developer Tools, Settings, ` +
                            'Connections, "orders", Update pending connection. The pipeline\'s source fails until then.',
                    ]);
                });
            }

            it("says nothing once that is done", async () => {
                await recordStatus("GitHub", "AVAILABLE");
                assert.deepEqual(warnings, []);
            });
        });

        it("in CodeCommit starts it with an event, and is all that the role can read there", async () => {
            const recording = await recordPipeline({ source: { provider: "CodeCommit", repository: "orders-db" } });
            assert.equal(recording.all("aws:cloudwatch/eventRule:EventRule").length, 1);
            assert.deepEqual(pipeline(recording).inputs.triggers, []);
            assert.equal(recording.result.connectionArn, undefined);
            const { ReadRepository, UseConnection } = granted(recording, "orders-role");
            assert.deepEqual(ReadRepository, ["arn:aws:codecommit:eu-central-1:123456789012:orders-db"]);
            assert.equal(UseConnection, undefined);
        });

        it("in S3 starts it with an event, and is the only object that the role can read there", async () => {
            const source = { provider: "S3", bucket: "changes", objectKey: "orders.zip" } as const;
            const recording = await recordPipeline({ source });
            assert.equal(recording.all("aws:cloudwatch/eventRule:EventRule").length, 1);
            const { ReadSource, InspectSource } = granted(recording, "orders-role");
            assert.deepEqual(ReadSource, ["arn:aws:s3:::changes/orders.zip"]);
            assert.deepEqual(InspectSource, ["arn:aws:s3:::changes"]);
        });

        it("behind a connection needs no events", async () => {
            const recording = await recordPipeline();
            assert.deepEqual(recording.all("aws:cloudwatch/eventRule:EventRule"), []);
        });
    });

    describe("people", () => {
        it("are asked through the topic that they subscribe to", async () => {
            const recording = await recordPipeline({
                approval: { emails: ["dba@example.com"], timeoutMinutes: 60 },
            });
            assert.deepEqual(
                recording
                    .all("aws:sns/topicSubscription:TopicSubscription")
                    .map(({ inputs }) => `${inputs.topic}: ${inputs.endpoint}`)
                    .sort(),
                ["arn:aws:sns:eu-central-1:123456789012:orders-approval: dba@example.com"],
            );
            const stages = pipeline(recording).inputs.stages as { actions: Record<string, unknown>[] }[];
            const approvals = stages.flatMap(({ actions }) => actions.filter(({ name }) => name === "Approve"));
            assert.equal(approvals.length, 2);
            for (const { timeoutInMinutes, configuration } of nonEmpty(approvals)) {
                assert.equal(timeoutInMinutes, 60);
                const { NotificationArn } = configuration as Record<string, string>;
                assert.equal(NotificationArn, await promiseOf(recording.result.approvalTopicArn!));
            }
        });
    });
});
