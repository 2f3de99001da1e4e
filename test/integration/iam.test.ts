import assert from "node:assert/strict";
import type { Statement } from "../../components/statements";
import { settingsFrom } from "../../stacks/config";
import { createEnvironment } from "../../stacks/environment";
import { Emulator, missing } from "../support/aws/emulator";
import { account, type Properties, record, type Recording, region } from "../support/mocks";
import { configOf } from "../support/program";
import {
    artifact,
    bucket,
    buildCalls,
    buildForbidden,
    builds,
    type Call,
    type Clients,
    clientsOf,
    type Existing,
    type Forbidden,
    pipelineCalls,
    pipelineForbidden,
    stack,
    toolchainKey,
} from "./iamCalls";

// The calls of the builds' and the pipeline's roles, made by AWS's own SDK to an emulator that holds each request to the
// very policies that the program generates for prod.
//
// What this does not prove, because the emulator (moto) does not enforce it: conditions (kms:ViaService, ec2:Vpc, …),
// resource policies, key policies and trust policies, and what AWS's services ask of each other on the role's behalf: the
// use of KMS keys, CodeBuild's reports, the connection to the repository. `unproven` below lists those statements; the
// unit tests hold them to AWS's documents.

describe("the generated policies, enforced by an emulator of AWS", function () {
    // The first run installs the emulator.
    this.timeout(300_000);

    let emulator: Emulator;
    let administrator: Clients;
    let existing: Existing;
    let program: Recording<unknown>;

    before(async function () {
        const reason = missing();
        if (reason !== undefined) {
            console.log(`    skipped: ${reason}`);
            this.skip();
        }
        emulator = await Emulator.start();
        administrator = clientsOf(emulator.endpoint, { accessKeyId: "administrator", secretAccessKey: "secret" });
        existing = await furnish(administrator);
        program = await evaluate(existing);
    });
    after(() => emulator?.stop());

    /** The policies of a role, as the program attaches them. */
    const policiesOf = (role: string): Record<string, Statement[]> =>
        Object.fromEntries(
            program
                .all("aws:iam/rolePolicy:RolePolicy")
                .filter(({ inputs }) => inputs.role === role)
                .map(({ name, inputs }) => [
                    name,
                    (JSON.parse(inputs.policy as string) as { Statement: Statement[] }).Statement,
                ]),
        );

    /** Makes the role with these policies and returns the clients of somebody who has assumed it. */
    async function assume(role: string, policies: Record<string, Statement[]>): Promise<Clients> {
        await emulator.enforce(false);
        const RoleName = `${role}-${(assumed += 1)}`;
        const { assumeRolePolicy } = program.one("aws:iam/role:Role", role).inputs;
        const { Role } = await administrator.iam.createRole({
            RoleName,
            AssumeRolePolicyDocument: assumeRolePolicy as string,
        });
        for (const [PolicyName, Statement] of Object.entries(policies).filter(
            ([, statements]) => statements.length > 0,
        )) {
            const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
            await administrator.iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument });
        }
        const { Credentials } = await administrator.sts.assumeRole({ RoleArn: Role?.Arn, RoleSessionName: "test" });
        await emulator.enforce(true);
        return clientsOf(emulator.endpoint, {
            accessKeyId: Credentials!.AccessKeyId!,
            secretAccessKey: Credentials!.SecretAccessKey!,
            sessionToken: Credentials!.SessionToken,
        });
    }
    let assumed = 0;

    const roles: { role: string; calls: () => Call[]; forbidden: () => Forbidden[]; unproven: string[] }[] = [
        ...builds.map((action) => ({
            role: `${stack}-${action}`,
            calls: () => buildCalls(action, existing),
            forbidden: () => buildForbidden(action, existing),
            unproven: [
                "DecryptSecret",
                "DeleteNetworkInterface",
                "LendNetworkInterface",
                "UseArtifactKey",
                "WriteReports",
            ],
        })),
        {
            role: `${stack}-role`,
            calls: () => pipelineCalls(existing),
            forbidden: () => pipelineForbidden(existing),
            unproven: ["UseArtifactKey", "UseConnection", "UseTopicKey"],
        },
    ];

    for (const { role, calls, forbidden, unproven } of roles) {
        describe(`of the role ${role}`, () => {
            it("suffice for all that it does", async () => {
                const as = await assume(role, policiesOf(role));
                for (const { title, send } of calls()) {
                    await assert.doesNotReject(send(as), title);
                }
            });

            it("allow nothing else", async () => {
                const as = await assume(role, policiesOf(role));
                for (const { title, send } of forbidden()) {
                    await assert.rejects(send(as), isDenial, title);
                }
            });

            it("are needed, each statement for its calls and for no others", async () => {
                for (const removed of new Set(calls().flatMap(({ sids }) => sids))) {
                    const as = await assume(role, without(policiesOf(role), removed));
                    for (const { title, sids, send } of calls()) {
                        await (sids.every((sid) => sid === removed)
                            ? assert.rejects(send(as), isDenial, `${title} without ${removed}`)
                            : assert.doesNotReject(send(as), `${title} without ${removed}`));
                    }
                }
            });

            it("are proved, but for what the emulator cannot", () => {
                const proved = calls().flatMap(({ sids }) => sids);
                const all = Object.values(policiesOf(role)).flatMap((statements) => statements.map(({ Sid }) => Sid));
                assert.deepEqual(all.filter((sid) => !proved.includes(sid)).sort(), unproven);
                assert.deepEqual(
                    proved.filter((sid) => !all.includes(sid)),
                    [],
                );
            });
        });
    }

    it("without any policy nothing is allowed: the emulator does enforce them", async () => {
        for (const { role, calls } of roles) {
            const as = await assume(role, {});
            for (const { title, send } of calls()) {
                await assert.rejects(send(as), isDenial, title);
            }
        }
    });
});

function without(policies: Record<string, Statement[]>, sid: string): Record<string, Statement[]> {
    return Object.fromEntries(
        Object.entries(policies).map(([name, statements]) => [name, statements.filter(({ Sid }) => Sid !== sid)]),
    );
}

/** AWS's refusal, and not some other failure. */
function isDenial(error: Error): boolean {
    assert.match(error.name, /^(AccessDenied(Exception)?|UnauthorizedOperation)$/, `${error.name}: ${error.message}`);
    return true;
}

/** What the program's resources stand for, so that requests have something to reach. */
async function furnish({ codebuild, ec2, logs, s3, secrets, sns }: Clients): Promise<Existing> {
    const secret = async (Name: string) => (await secrets.createSecret({ Name, SecretString: "{}" })).ARN!;
    const { Vpc } = await ec2.createVpc({ CidrBlock: "10.0.0.0/16" });
    const subnet = async (third: number) =>
        (await ec2.createSubnet({ VpcId: Vpc!.VpcId, CidrBlock: `10.0.${third}.0/24` })).Subnet!.SubnetId!;
    const group = await ec2.createSecurityGroup({ VpcId: Vpc!.VpcId, GroupName: "build", Description: "Builds" });
    for (const name of builds.map((action) => `${stack}-${action}`)) {
        await codebuild.createProject(project(name));
        await logs.createLogGroup({ logGroupName: `/aws/codebuild/${name}` });
    }
    await codebuild.createProject(project("another"));
    await logs.createLogGroup({ logGroupName: "/aws/codebuild/another" });
    for (const Name of [`${stack}-approval`, `${stack}-notifications`]) {
        await sns.createTopic({ Name });
    }
    const CreateBucketConfiguration = { LocationConstraint: region } as const;
    for (const Bucket of [bucket, "another-bucket"]) {
        await s3.createBucket({ Bucket, CreateBucketConfiguration });
        await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Enabled" } });
    }
    await s3.putObject({ Bucket: bucket, Key: toolchainKey, Body: "toolchain" });
    const { VersionId } = await s3.putObject({ Bucket: bucket, Key: artifact, Body: "plan" });
    return {
        secretArn: await secret(`${stack}-0a1b2c3`),
        otherSecretArn: await secret("another"),
        vpcId: Vpc!.VpcId!,
        subnetIds: [await subnet(1), await subnet(2)],
        otherSubnetId: await subnet(3),
        securityGroupId: group.GroupId!,
        version: VersionId!,
    };
}

function project(name: string) {
    return {
        name,
        serviceRole: `arn:aws:iam::${account}:role/service`,
        // The emulator wants locations, which AWS leaves to the pipeline.
        source: { type: "S3", location: `${bucket}/source.zip` },
        artifacts: { type: "S3", location: bucket },
        environment: { type: "LINUX_CONTAINER", computeType: "BUILD_GENERAL1_SMALL", image: "standard" },
    } as const;
}

/** The program for prod, whose resources are the ones in the emulator. */
function evaluate({ secretArn, vpcId, subnetIds, securityGroupId }: Existing): Promise<Recording<unknown>> {
    const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
    const made: Record<string, (name: string, inputs: Properties) => Properties> = {
        "aws:secretsmanager/secret:Secret": () => ({ arn: secretArn }),
        "aws:s3/bucket:Bucket": (name) =>
            name === `${stack}-artifacts` ? { id: bucket, arn: `arn:aws:s3:::${bucket}` } : {},
        "aws:s3/bucketObjectv2:BucketObjectv2": () => ({ key: toolchainKey }),
        "aws:cloudwatch/logGroup:LogGroup": (_, { name }) => ({ arn: arn("logs", `log-group:${name}`) }),
        "aws:codebuild/project:Project": (name) => ({ arn: arn("codebuild", `project/${name}`) }),
        "aws:ec2/securityGroup:SecurityGroup": (name) =>
            builds.some((action) => name === `${stack}-${action}`) ? { id: securityGroupId } : {},
        "aws:ec2/vpc:Vpc": () => ({ id: vpcId }),
        "aws:ec2/subnet:Subnet": (name) => {
            const zone = /-private-(\d+)$/.exec(name)?.[1];
            return zone === undefined ? {} : { id: subnetIds[Number(zone) - 1] };
        },
    };
    // Not index.ts, which would make sure of the toolchain first: no policy depends on it.
    const project = "aurora-pipeline";
    const settings = settingsFrom({ project, stack: "prod", values: configOf("prod") });
    return record(() => createEnvironment(stack, settings), {
        project,
        stack: "prod",
        outputs: (type, name, inputs) => made[type]?.(name, inputs),
    });
}
