import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
    eventPattern,
    revisionVariable,
    sourceAction,
    type SourceArgs,
    SourceProvider,
    sourceRules,
    triggers,
} from "../../../components/pipeline/source";
import { validate } from "../../../components/shared/validation";
import { failuresOf } from "../../support/failures";
import { promiseOf } from "../../support/mocks";

const connection = "arn:aws:codeconnections:eu-central-1:123456789012:connection/1";

const failures = (source: SourceArgs) => failuresOf(() => validate("DbPipeline", "orders", sourceRules(source)));

describe("pipelineSource", () => {
    describe("action", () => {
        for (const provider of [SourceProvider.GitHub, SourceProvider.GitLab, SourceProvider.Bitbucket]) {
            it(`of ${provider} goes through the connection and is started by the trigger`, () => {
                assert.deepEqual(sourceAction({ provider, repository: "acme/orders", branch: "trunk" }, connection), {
                    name: "Source",
                    category: "Source",
                    owner: "AWS",
                    provider: "CodeStarSourceConnection",
                    version: "1",
                    namespace: "SourceVariables",
                    outputArtifacts: ["Source"],
                    configuration: {
                        ConnectionArn: connection,
                        FullRepositoryId: "acme/orders",
                        BranchName: "trunk",
                        OutputArtifactFormat: "CODE_ZIP",
                        DetectChanges: "false",
                    },
                });
                assert.equal(revisionVariable(provider), "#{SourceVariables.CommitId}");
            });
        }

        it("of CodeCommit does not poll", () => {
            const action = sourceAction({ provider: "CodeCommit", repository: "orders" }, undefined);
            assert.equal(action.provider, "CodeCommit");
            assert.deepEqual(action.configuration, {
                RepositoryName: "orders",
                BranchName: "main",
                OutputArtifactFormat: "CODE_ZIP",
                PollForSourceChanges: "false",
            });
            assert.equal(revisionVariable("CodeCommit"), "#{SourceVariables.CommitId}");
        });

        it("of S3 takes the object's version as the revision", () => {
            const action = sourceAction({ provider: "S3", bucket: "changes", objectKey: "orders.zip" }, undefined);
            assert.equal(action.provider, "S3");
            assert.deepEqual(action.configuration, {
                S3Bucket: "changes",
                S3ObjectKey: "orders.zip",
                PollForSourceChanges: "false",
            });
            assert.equal(revisionVariable("S3"), "#{SourceVariables.VersionId}");
        });
    });

    describe("triggers", () => {
        const source: SourceArgs = { provider: "GitHub", repository: "acme/orders" };

        it("start on pushes of the branch that touch the migrations, and on no pull request", async () => {
            assert.deepEqual(await promiseOf(triggers(source, pulumi.output("db/migrations"))), [
                {
                    providerType: "CodeStarSourceConnection",
                    gitConfiguration: {
                        sourceActionName: "Source",
                        pushes: [{ branches: { includes: ["main"] }, filePaths: { includes: ["db/migrations/**"] } }],
                    },
                },
            ]);
        });

        it("accept other paths", async () => {
            const [trigger] = await promiseOf(triggers({ ...source, filePaths: ["db/**", "pom.xml"] }, "migrations"));
            assert.deepEqual(trigger?.gitConfiguration.pushes?.[0]?.filePaths?.includes, ["db/**", "pom.xml"]);
        });

        it("are started by EventBridge for CodeCommit and S3", () => {
            assert.deepEqual(triggers({ provider: "CodeCommit", repository: "orders" }, "migrations"), []);
            assert.deepEqual(
                triggers({ provider: "S3", bucket: "changes", objectKey: "orders.zip" }, "migrations"),
                [],
            );
        });
    });

    describe("event pattern", () => {
        it("of CodeCommit matches one branch of one repository", () => {
            const repositoryArn = "arn:aws:codecommit:eu-central-1:123456789012:orders";
            assert.deepEqual(JSON.parse(eventPattern({ repositoryArn, branch: "main" })), {
                source: ["aws.codecommit"],
                "detail-type": ["CodeCommit Repository State Change"],
                resources: [repositoryArn],
                detail: {
                    event: ["referenceCreated", "referenceUpdated"],
                    referenceType: ["branch"],
                    referenceName: ["main"],
                },
            });
        });

        it("of S3 matches one object", () => {
            assert.deepEqual(JSON.parse(eventPattern({ bucket: "changes", objectKey: "orders.zip" })), {
                source: ["aws.s3"],
                "detail-type": ["Object Created"],
                detail: { bucket: { name: ["changes"] }, object: { key: ["orders.zip"] } },
            });
        });
    });

    describe("rules", () => {
        const valid: Record<string, SourceArgs> = {
            "a repository alone": { provider: "GitHub", repository: "acme/orders" },
            "a branch with a slash": { provider: "GitHub", repository: "acme/orders", branch: "release/1.x" },
            "a connection": { provider: "GitHub", repository: "acme/orders", connectionArn: connection },
            "a connection that is not known yet": {
                provider: "Bitbucket",
                repository: "acme/orders",
                connectionArn: pulumi.output("later"),
            },
            "GitLab's subgroups, and paths": { provider: "GitLab", repository: "a/b/orders", filePaths: ["db/**"] },
            CodeCommit: { provider: "CodeCommit", repository: "orders", branch: "main" },
            "an object": { provider: "S3", bucket: "changes", objectKey: "orders.zip" },
            "a bucket that is not known yet": { provider: "S3", bucket: pulumi.output("b"), objectKey: "orders.zip" },
        };
        for (const [what, source] of Object.entries(valid)) {
            it(`accept ${what}`, () => {
                assert.deepEqual(failures(source), []);
            });
        }

        it("name the providers", () => {
            assert.deepEqual(failures({ provider: "Gitea" as SourceProvider }), [
                '  - AP2104: source.provider: given "Gitea". Allowed: "GitHub", "GitLab", "Bitbucket", "CodeCommit", "S3". ' +
                    "Choose where the migrations are kept.",
            ]);
        });

        it("require a repository's name, not its URL", () => {
            assert.deepEqual(failures({ provider: "GitHub", repository: "https://github.com/acme/orders" }), [
                '  - AP2105: source.repository: given "https://github.com/acme/orders". Allowed: owner/name. ' +
                    "Set the name only, not a URL.",
            ]);
            assert.deepEqual(failures({ provider: "GitHub" }), [
                "  - AP2101: source.repository: given nothing. Allowed: owner/name. Name the repository.",
            ]);
            assert.deepEqual(failures({ provider: "CodeCommit", repository: "acme/orders" }), [
                '  - AP2105: source.repository: given "acme/orders". Allowed: the name of a CodeCommit repository. ' +
                    "Set the name only, not a URL.",
            ]);
        });

        it("require one branch, a connection and at most 8 paths", () => {
            const filePaths = Array.from({ length: 9 }, (_, index) => `${index}/**`);
            const source: SourceArgs = {
                provider: "GitHub",
                repository: "acme/orders",
                branch: "release/*",
                connectionArn: "github",
                filePaths,
            };
            assert.deepEqual(failures(source), [
                '  - AP2105: source.branch: given "release/*". Allowed: the name of one branch. Give a name, not a pattern.',
                '  - AP2105: source.connectionArn: given "github". Allowed: the ARN of a CodeConnections connection. ' +
                    "Copy it from the console: Developer Tools, Settings, Connections.",
                `  - AP2103: source.filePaths: given ${JSON.stringify(filePaths)}. Allowed: 1 to 8 glob patterns. ` +
                    "Merge patterns, or leave it out for the migrations directory.",
            ]);
        });

        it("reject settings of another provider", () => {
            assert.deepEqual(
                failures({ provider: "GitHub", repository: "acme/orders", bucket: pulumi.output("changes") }),
                [
                    '  - AP2107: source.bucket: given "an Output". Allowed: nothing with provider "GitHub". Leave it out.',
                ],
            );
            assert.deepEqual(
                failures({ provider: "CodeCommit", repository: "orders", connectionArn: connection, filePaths: ["a"] }),
                [
                    `  - AP2107: source.connectionArn: given "${connection}". Allowed: nothing with provider "CodeCommit". ` +
                        "Leave it out.",
                    '  - AP2107: source.filePaths: given ["a"]. Allowed: nothing with provider "CodeCommit". Leave it out.',
                ],
            );
            assert.deepEqual(failures({ provider: "S3", repository: "orders", branch: "main" }), [
                "  - AP2101: source.bucket: given nothing. Allowed: the name of a bucket that keeps versions. Name the bucket.",
                "  - AP2101: source.objectKey: given nothing. Allowed: the key of a ZIP archive in the bucket. " +
                    "Name the archive.",
                '  - AP2107: source.repository: given "orders". Allowed: nothing with provider "S3". Leave it out.',
                '  - AP2107: source.branch: given "main". Allowed: nothing with provider "S3". Leave it out.',
            ]);
        });
    });
});
