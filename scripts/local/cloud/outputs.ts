import { randomBytes } from "node:crypto";
import type { RecordedResource, Surroundings } from "../recorded";
import { startErrors } from "../errors";
import { arn, digest, globalArn, type Location } from "./identity";
import { randomPassword } from "./password";

export type Outputs = Record<string, unknown>;
type Resource = Pick<RecordedResource, "type" | "name" | "inputs" | "custom">;

/** What a provider computes for a resource: its ID, and outputs that are not inputs. */
type Compute = (resource: Resource, name: string, location: Location, surroundings: Surroundings) => Outputs;

/**
 * The outputs of resource types whose values matter. Each value has AWS's format, because policies and references are
 * made from it.
 */
const computed: Record<string, Compute> = {
    "aws:rds/cluster:Cluster": ({ inputs, name: logical }, name, location, { database }) => {
        const identifier = (inputs["clusterIdentifier"] as string | undefined) ?? name;
        return {
            id: identifier,
            clusterIdentifier: identifier,
            arn: arn(location, "rds", `cluster:${identifier}`),
            clusterResourceId: `cluster-${digest(logical, 26).toUpperCase()}`,
            endpoint: database?.host ?? `${identifier}.cluster-local.${location.region}.rds.amazonaws.com`,
            readerEndpoint: database?.host ?? `${identifier}.cluster-ro-local.${location.region}.rds.amazonaws.com`,
            port: database?.port ?? inputs["port"],
            engineVersionActual: inputs["engineVersion"],
        };
    },
    "aws:secretsmanager/secret:Secret": ({ inputs }, name, location) => {
        const secretArn = arn(location, "secretsmanager", `secret:${name}-${digest(name, 6)}`);
        return { id: secretArn, arn: secretArn, name: inputs["name"] ?? name };
    },
    "aws:secretsmanager/secretVersion:SecretVersion": ({ inputs }, name) => ({
        id: `${inputs["secretId"] as string}|${digest(name, 32)}`,
        arn: inputs["secretId"],
        versionId: digest(name, 32),
        versionStages: ["AWSCURRENT"],
    }),
    "random:index/randomPassword:RandomPassword": generatedText,
    "random:index/randomString:RandomString": generatedText,
    "random:index/randomId:RandomId": ({ type, name, inputs }, _, __, { remember }) => {
        const generate = () => randomBytes(inputs["byteLength"] as number).toString("hex");
        const hex = remember?.(`${type}::${name}`, JSON.stringify(inputs), generate) ?? generate();
        const bytes = Buffer.from(hex, "hex");
        const b64Url = bytes.toString("base64url");
        return { id: b64Url, hex, b64Url, b64Std: bytes.toString("base64"), dec: BigInt(`0x${hex}`).toString() };
    },
    "aws:iam/role:Role": (_, name, location) => ({
        id: name,
        name,
        arn: globalArn(location, "iam", `role/${name}`),
        uniqueId: digest(name, 21).toUpperCase(),
        createDate: "2026-01-01T00:00:00Z",
    }),
    "aws:iam/policy:Policy": (_, name, location) => {
        const policyArn = globalArn(location, "iam", `policy/${name}`);
        return { id: policyArn, name, arn: policyArn };
    },
    "aws:s3/bucket:Bucket": ({ inputs }, name, location) => {
        const bucket = (inputs["bucket"] as string | undefined) ?? name;
        return {
            id: bucket,
            bucket,
            arn: `arn:aws:s3:::${bucket}`,
            bucketDomainName: `${bucket}.s3.amazonaws.com`,
            bucketRegionalDomainName: `${bucket}.s3.${location.region}.amazonaws.com`,
        };
    },
    "aws:s3/bucketObjectv2:BucketObjectv2": ({ inputs, name }) => ({
        id: `${inputs["bucket"] as string}/${inputs["key"] as string}`,
        arn: `arn:aws:s3:::${inputs["bucket"] as string}/${inputs["key"] as string}`,
        versionId: digest(name, 32),
        etag: digest(name, 32),
    }),
    "aws:kms/key:Key": ({ name: logical }, _, location) => {
        const keyId = [8, 4, 4, 4, 12].map((length, part) => digest(`${logical}${part}`, length)).join("-");
        return { id: keyId, keyId, arn: arn(location, "kms", `key/${keyId}`) };
    },
    "aws:codebuild/project:Project": (_, name, location) => {
        const projectArn = arn(location, "codebuild", `project/${name}`);
        return { id: projectArn, name, arn: projectArn };
    },
    "aws:codepipeline/pipeline:Pipeline": (_, name, location) => ({
        id: name,
        name,
        arn: arn(location, "codepipeline", name),
    }),
    "aws:sns/topic:Topic": (_, name, location) => {
        const topicArn = arn(location, "sns", name);
        return { id: topicArn, name, arn: topicArn };
    },
    "aws:cloudwatch/logGroup:LogGroup": (_, name, location) => ({
        id: name,
        name,
        arn: arn(location, "logs", `log-group:${name}`),
    }),
    "aws:codestarconnections/connection:Connection": connection,
    "aws:codeconnections/connection:Connection": connection,
    // AWS's own rotation application, the only one that programs deploy here.
    "aws:serverlessrepository/cloudFormationStack:CloudFormationStack": (_, name, location) => ({
        id: arn(location, "cloudformation", `stack/${name}`),
        name,
        outputs: { RotationLambdaARN: arn(location, "lambda", `function:${name}`) },
    }),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ({ name: logical }, name, location) => {
        const id = `vpce-${digest(logical, 17)}`;
        return { id, arn: arn(location, "ec2", `vpc-endpoint/${id}`), prefixListId: `pl-${digest(name, 8)}` };
    },
    "aws:ec2/securityGroup:SecurityGroup": ({ name: logical }, name, location) => {
        const id = `sg-${digest(logical, 17)}`;
        return { id, name, arn: arn(location, "ec2", `security-group/${id}`) };
    },
};

/** The outputs of a resource: its inputs, and what its provider computes, always including an ID. */
export function resourceOutputs(
    resource: Resource,
    location: Location,
    surroundings: Surroundings,
): Outputs & { id: string } {
    // A component has no provider that would compute anything.
    if (!resource.custom) return { id: "", ...resource.inputs };
    const compute = computed[resource.type];
    if (!compute && resource.type.startsWith("random:")) {
        throw new startErrors.FeaturesUnsupported({
            features: [`the resource type ${resource.type} (${resource.name})`],
        });
    }
    const name = physicalName(resource);
    return {
        ...resource.inputs,
        ...(compute ?? generic)(resource, name, location, surroundings),
    } as Outputs & { id: string };
}

/** A resource of which only an ID, an ARN and a name matter. */
function generic({ type, inputs }: Resource, name: string, location: Location): Outputs {
    const [, module = "", kind = ""] = type.split(":");
    return {
        id: `${kind.toLowerCase()}-${digest(`${type}${name}`, 17)}`,
        arn: arn(location, module.split("/")[0] ?? "", `${kind.toLowerCase()}/${name}`),
        name: inputs["name"] ?? name,
    };
}

/** The given name of a resource, or one in Pulumi's form: the logical name and seven hexadecimal digits. */
function physicalName({ type, name, inputs }: Resource): string {
    const given = inputs["name"];
    if (typeof given === "string") return given;
    const prefix = inputs["namePrefix"];
    return `${typeof prefix === "string" ? prefix : `${name}-`}${digest(`${type}${name}`, 7)}`;
}

function generatedText({ type, name, inputs }: Resource, _: string, __: Location, { remember }: Surroundings): Outputs {
    const generate = () => randomPassword(inputs as unknown as Parameters<typeof randomPassword>[0]);
    return { id: "none", result: remember?.(`${type}::${name}`, JSON.stringify(inputs), generate) ?? generate() };
}

function connection({ name: logical }: Resource, name: string, location: Location): Outputs {
    const connectionArn = arn(location, "codeconnections", `connection/${digest(logical, 32)}`);
    return { id: connectionArn, name, arn: connectionArn, connectionStatus: "AVAILABLE" };
}
