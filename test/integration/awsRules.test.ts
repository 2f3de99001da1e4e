import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { notRestored } from "../../components/cluster/restore";
import { partitionOf, partitions } from "../../components/shared/partitions";
import type { Environment } from "../../policy/rule";
import { modelProblems, problemsOfStack, proseProblems } from "../awsRules/check";
import { requestOf } from "../awsRules/call";
import { mappings } from "../awsRules/calls";
import { evaluate, type Given } from "../awsRules/evaluate";
import { inputOf, model } from "../awsRules/model";
import { isOffered, missingServices, publishedPartitions } from "../awsRules/regions";
import { proseRules } from "../awsRules/prose";
import type { Properties, Recorded } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";
import { skipWithoutPython } from "../support/aws/python";

// Nothing here runs in an account. AWS's published rules take its place: the models of its APIs (botocore's), and what
// only its prose says (test/awsRules/prose).

const apiSecret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:api-AbCdEf";
const s3 = { sourceProvider: "S3", sourceBucket: "my-source-bucket", repository: "", branch: "" };
const everything = {
    rehearsal: "true",
    proxySecretArns: JSON.stringify([apiSecret]),
    minCapacity: "0.5",
    snapshotBeforeDeploy: "true",
    approval: "true",
    approvalEmails: '["dba@example.com"]',
    notificationEmails: '["ops@example.com"]',
    chatChannelArn: "arn:aws:chatbot::123456789012:chat-configuration/slack-channel/ops",
    rotationDays: "30",
    driftSchedule: "rate(1 day)",
    alarms: "true",
    vaultRetentionDays: "35",
};

/** What both environments are evaluated with. */
const variations: Record<string, Given["config"]> = {
    "its sample config": {},
    "no NAT gateway": { egress: "Endpoints" },
    "a NAT gateway a zone": { egress: "NatPerAz", availabilityZones: "3" },
    "everything on request": everything,
    "IAM authentication and a rehearsal": { databaseAuth: "Iam", rehearsal: "true" },
    "Aurora MySQL": { engine: "aurora-mysql" },
    "a provisioned class": { instanceClass: "db.r7g.large" },
    "a source in S3": s3,
    "a source in CodeCommit": { sourceProvider: "CodeCommit", repository: "my-repository" },
    "a restored snapshot": { restoreFrom: "orders-2026-01-01", applyChanges: "Immediately" },
};
const environments: Environment[] = ["dev", "prod"];

describe("AWS's rules", function () {
    this.timeout(120_000);

    skipWithoutPython();

    for (const environment of environments) {
        for (const [title, config] of Object.entries(variations)) {
            it(`accept ${environment} with ${title}`, async () => {
                assert.deepEqual(problemsOfStack(await evaluate({ environment, config })), []);
            });
        }
    }

    const regions: Record<string, Given["config"]> = {
        "us-east-1": {},
        "us-west-2": {},
        "eu-west-1": {},
        "eu-north-1": {},
        "ap-southeast-2": {},
        "ap-northeast-1": {},
        "us-gov-east-1": {},
        "us-gov-west-1": { sourceProvider: "CodeCommit", repository: "my-repository" },
    };
    for (const [region, config] of Object.entries(regions)) {
        it(`accept prod in ${region}, which has all its services`, async () => {
            // Endpoints name services of the region; a NAT gateway is EC2's, as the rest of the network.
            const stack = await evaluate({ environment: "prod", region, config: { ...config, egress: "Endpoints" } });
            assert.deepEqual(problemsOfStack(stack), []);
            assert.deepEqual(missingServices(stack, region), []);
        });
    }

    it("agree with the program's table of partitions", () => {
        for (const { partition, regions: names } of nonEmpty(publishedPartitions())) {
            const known = partitions[partition];
            if (known === undefined) continue;
            const inRegions = (service: string) => Object.keys(names).filter((region) => isOffered(service, region));
            assert.equal(inRegions("codestar-notifications").length > 0, known.notificationRules, partition);
            assert.equal(inRegions("codeconnections").length > 0, known.connections, partition);
            for (const region of nonEmpty(Object.keys(names))) assert.equal(partitionOf(region), known, region);
        }
        assert.equal(isOffered("codestar-notifications", "us-gov-west-1"), false);
        assert.equal(isOffered("codestar-notifications", "eu-west-1"), true);
    });

    for (const length of [15, 40, 84]) {
        it(`accept a stack's name of ${length} characters`, async () => {
            const stack = "production-of-the-european-union-".padEnd(length, "x").slice(0, length);
            for (const more of [everything, { ...s3, databaseAuth: "Iam" }]) {
                const config = { environment: "prod", ...more, approval: "" };
                assert.deepEqual(problemsOfStack(await evaluate({ environment: "prod", config, stack })), []);
            }
        });
    }

    it("say what a restored cluster still lacks, which the next update sets", async () => {
        const type = "aws:rds/cluster:Cluster";
        const restored = { environment: "prod", config: variations["a restored snapshot"] } as const;
        const { inputs } = (await evaluate(restored)).find((resource) => resource.type === type)!;
        const { calls, notSent } = mappings[type]!;
        const requests = (given: Properties) =>
            calls.filter(({ when }) => when?.(given)).map((call) => [call.operation, requestOf(call, given)]);
        assert.deepEqual(
            requests(inputs).map(([operation]) => operation),
            ["RestoreDBClusterFromSnapshot", "ModifyDBCluster"],
        );
        const withoutEffect = Object.keys(inputs).filter((input) => {
            const others = Object.fromEntries(Object.entries(inputs).filter(([key]) => key !== input));
            return (
                input !== "snapshotIdentifier" &&
                notSent?.[input] === undefined &&
                isDeepStrictEqual(requests(others), requests(inputs))
            );
        });
        // The snapshot has a user and an encryption of its own.
        assert.deepEqual(withoutEffect.sort(), [...notRestored, "masterUsername", "storageEncrypted"].sort());
        const update = model("rds").shapes[inputOf("rds", "ModifyDBCluster")]!.members!;
        for (const member of ["EnableIAMDatabaseAuthentication", "DatabaseInsightsMode", "EnablePerformanceInsights"]) {
            assert.ok(member in update, member);
        }
    });

    it("are checked for every type of resource", async () => {
        const used = new Set<string>();
        for (const config of Object.values(variations)) {
            for (const { type } of await evaluate({ environment: "prod", config })) used.add(type);
        }
        assert.deepEqual([...used].sort(), Object.keys(mappings).sort());
    });

    describe("detect a mistake", () => {
        let resources: Recorded[];
        before(async () => {
            resources = await evaluate({ environment: "prod", config: everything });
        });

        it("a connection that is replaced under its name, the new one first", () => {
            const connection = resources.find(({ type }) => type === "aws:codeconnections/connection:Connection")!;
            assert.deepEqual(proseProblems(connection), []);
            assert.match(
                proseProblems({ ...connection, deleteBeforeReplace: false }).join("\n"),
                /connection-name-once: "aurora-pipeline-prod" is still taken when the connection is replaced/,
            );
        });

        const mistakes: { title: string; type: string; change: Properties; found: RegExp }[] = [
            {
                title: "an apostrophe in the description of a security group's rule",
                type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
                change: { description: "the network's builds" },
                found: /security-group-rule-description: description "the network's builds"/,
            },
            {
                title: "a name that is too long",
                type: "aws:codeconnections/connection:Connection",
                change: { name: "a".repeat(33) },
                found: /CreateConnection ConnectionName: .*33 characters, at most 32/,
            },
            {
                title: "a value that is none of those allowed",
                type: "aws:codepipeline/pipeline:Pipeline",
                change: { executionMode: "QUEUE" },
                found: /CreatePipeline pipeline.executionMode: "QUEUE" is none of QUEUED, SUPERSEDED, PARALLEL/,
            },
            {
                title: "a number out of range",
                type: "aws:codebuild/project:Project",
                change: { buildTimeout: 4 },
                found: /CreateProject timeoutInMinutes: 4: 4, at least 5/,
            },
            {
                title: "a required input that is missing",
                type: "aws:codebuild/project:Project",
                change: { environment: { computeType: "BUILD_GENERAL1_SMALL", type: "LINUX_CONTAINER" } },
                found: /CreateProject environment: image is required/,
            },
            {
                title: "an input that no API call takes",
                type: "aws:ec2/vpc:Vpc",
                change: { cidrBlocks: ["10.0.0.0/16"] },
                found: /has an input that reaches no API call: cidrBlocks/,
            },
            {
                title: "two sources in one rule",
                type: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
                change: { cidrIpv4: "10.0.0.0/16", referencedSecurityGroupId: "sg-0123456789abcdef0" },
                found: /security-group-rule-source: 2 sources/,
            },
        ];
        for (const { title, type, change, found } of mistakes) {
            it(title, () => {
                const sound = resources.find((resource) => resource.type === type)!;
                const wrong = { ...sound, inputs: { ...sound.inputs, ...change } };
                assert.match([...modelProblems(wrong), ...proseProblems(wrong)].join("\n"), found);
            });
        }

        it("a type of resource that nobody mapped", () => {
            const problems = modelProblems({ type: "aws:sqs/queue:Queue", name: "letters", inputs: {} });
            assert.deepEqual(problems, [
                "letters: aws:sqs/queue:Queue has no mapping to API calls: add it to test/awsRules/calls.ts",
            ]);
        });

        it("too many statements in the policies of one role", () => {
            const policy = resources.find(({ type }) => type === "aws:iam/rolePolicy:RolePolicy")!;
            const long = { ...policy, inputs: { ...policy.inputs, policy: "x".repeat(10_241) } };
            assert.match(problemsOfStack([long]).join("\n"), /10241 characters of inline policies/);
        });
    });

    it("are quoted word for word, where an API model has them", () => {
        const others = proseRules.flatMap(({ id, source }) => {
            if (!("service" in source)) return [];
            const { shapes } = model(source.service);
            const member = shapes[source.shape]?.members?.[source.member];
            const documentation = plain(member?.documentation ?? shapes[member?.shape ?? ""]?.documentation ?? "");
            return documentation.includes(source.says) ? [] : [`${id}: ${documentation}`];
        });
        assert.deepEqual(others, []);
    });
});

/** Documentation without its markup. */
function plain(html: string): string {
    return html
        .replace(/<[^>]+>/g, " ")
        .replaceAll("&amp;", "&")
        .replaceAll("&lt;", "<")
        .replaceAll("&gt;", ">")
        .replace(/\s+/g, " ");
}
