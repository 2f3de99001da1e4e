import type { ConfigKey } from "../../stacks/configKeys";
import { settingsFrom } from "../../stacks/config";
import { createEnvironment } from "../../stacks/environment";
import { clonePrefix } from "../../components/contract";
import { account, type Properties, record, type Recording, region } from "../support/mocks";
import { configOf } from "../support/program";
import {
    artifactKey,
    artifacts,
    bucket,
    builds,
    type Clients,
    type Existing,
    type Passed,
    stack,
    toolchainKey,
    type User,
} from "./iamCalls";

// What exists in the emulator, and the program whose resources stand for it.

/** Names of CodeBuild projects, without the stack's. */
const projects = [...builds, "drift", "reaper"];

/** What the program's resources stand for, so that requests have something to reach. */
export async function furnish(as: Clients): Promise<Existing> {
    const { codebuild, ec2, logs, s3, secrets, sns } = as;
    const secret = async (Name: string) => (await secrets.createSecret({ Name, SecretString: "{}" })).ARN!;
    const { Vpc } = await ec2.createVpc({ CidrBlock: "10.0.0.0/16" });
    const subnet = async (third: number) =>
        (await ec2.createSubnet({ VpcId: Vpc!.VpcId, CidrBlock: `10.0.${third}.0/24` })).Subnet!.SubnetId!;
    const group = await ec2.createSecurityGroup({ VpcId: Vpc!.VpcId, GroupName: "build", Description: "Builds" });
    for (const name of projects.map((action) => `${stack}-${action}`)) {
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
    const versions: Record<string, string> = {};
    for (const name of artifacts) {
        const { VersionId } = await s3.putObject({ Bucket: bucket, Key: artifactKey(name), Body: name });
        versions[name] = VersionId!;
    }
    return {
        userSecretArns: {
            administrator: await secret(stack),
            migrator: await secret(`${stack}-migrator`),
            planner: await secret(`${stack}-planner`),
        },
        proxySecretArn: await secret("api"),
        otherSecretArn: await secret("another"),
        vpcId: Vpc!.VpcId!,
        subnetIds: [await subnet(1), await subnet(2)],
        otherSubnetId: await subnet(3),
        securityGroupId: group.GroupId!,
        versions,
        clones: await furnishDatabase(as),
    };
}

/** The cluster, its groups and another one, and clones that rehearsals left; their names. */
async function furnishDatabase({ ec2, rds }: Clients): Promise<string[]> {
    const { Subnets: subnets = [] } = await ec2.describeSubnets({});
    const SubnetIds = subnets.map(({ SubnetId }) => SubnetId!);
    const Engine = "aurora-postgresql";
    const [Description, family] = ["Test", "aurora-postgresql17"];
    for (const name of [stack, "another"]) {
        await rds.createDBSubnetGroup({
            DBSubnetGroupName: name,
            DBSubnetGroupDescription: Description,
            SubnetIds: SubnetIds.slice(0, 2),
        });
        await rds.createDBClusterParameterGroup({
            DBClusterParameterGroupName: name,
            DBParameterGroupFamily: family,
            Description,
        });
        await rds.createDBParameterGroup({ DBParameterGroupName: name, DBParameterGroupFamily: family, Description });
    }
    const clones = Array.from({ length: 12 }, (_, index) => `${clonePrefix(stack)}${index}`);
    for (const DBClusterIdentifier of [stack, "another", ...clones]) {
        await rds.createDBCluster({
            DBClusterIdentifier,
            Engine,
            MasterUsername: "dbowner",
            MasterUserPassword: "correct-horse",
            DBSubnetGroupName: stack,
            DBClusterParameterGroupName: stack,
        });
    }
    await rds.createDBInstance({
        DBInstanceIdentifier: `${stack}-1`,
        DBClusterIdentifier: stack,
        DBInstanceClass: "db.serverless",
        DBParameterGroupName: stack,
        Engine,
    });
    await rds.createDBClusterSnapshot({
        DBClusterIdentifier: stack,
        DBClusterSnapshotIdentifier: `${stack}-release-of-somebody`,
    });
    return clones;
}

/** The artifacts that the recorded pipeline gives to a build and takes from it. */
export function passedTo(action: string, program: Recording<unknown>): Passed {
    const { stages } = program.one("aws:codepipeline/pipeline:Pipeline", stack).inputs as {
        stages: {
            actions: { configuration: Record<string, string>; inputArtifacts?: string[]; outputArtifacts?: string[] }[];
        }[];
    };
    const actions = stages
        .flatMap((stage) => stage.actions)
        .filter(({ configuration }) => configuration["ProjectName"] === `${stack}-${action}`);
    return {
        inputs: [...new Set(actions.flatMap(({ inputArtifacts = [] }) => inputArtifacts))],
        outputs: [...new Set(actions.flatMap(({ outputArtifacts = [] }) => outputArtifacts))],
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

/** The program for prod with this config, whose resources are the ones in the emulator. */
export function evaluate(existing: Existing, config: { [key in ConfigKey]?: string }): Promise<Recording<unknown>> {
    const { userSecretArns, vpcId, subnetIds, securityGroupId } = existing;
    const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
    const made: Record<string, (name: string, inputs: Properties) => Properties> = {
        "aws:secretsmanager/secret:Secret": (name) => ({
            arn: userSecretArns[(name === stack ? "administrator" : name.slice(stack.length + 1)) as User],
        }),
        "aws:s3/bucket:Bucket": (name) =>
            name === `${stack}-artifacts` ? { id: bucket, arn: `arn:aws:s3:::${bucket}` } : {},
        "aws:s3/bucketObjectv2:BucketObjectv2": () => ({ key: toolchainKey }),
        "aws:cloudwatch/logGroup:LogGroup": (_, { name }) => ({ arn: arn("logs", `log-group:${name}`) }),
        "aws:codebuild/project:Project": (name) => ({ arn: arn("codebuild", `project/${name}`) }),
        "aws:ec2/securityGroup:SecurityGroup": (name) =>
            projects.some((action) => name === `${stack}-${action}`) ? { id: securityGroupId } : {},
        "aws:ec2/vpc:Vpc": () => ({ id: vpcId }),
        "aws:ec2/subnet:Subnet": (name) => {
            const zone = /-private-(\d+)$/.exec(name)?.[1];
            return zone === undefined ? {} : { id: subnetIds[Number(zone) - 1] };
        },
    };
    // Not index.ts, which would make sure of the toolchain first: no policy depends on it.
    const project = "aurora-pipeline";
    const added = Object.entries(config).map(([key, value]) => [`${project}:${key}`, value]);
    const values = { ...configOf("prod"), ...(Object.fromEntries(added) as Record<string, string>) };
    const settings = settingsFrom({ project, stack: "prod", values });
    return record(() => createEnvironment(stack, settings), {
        project,
        stack: "prod",
        outputs: (type, name, inputs) => made[type]?.(name, inputs),
    });
}
