import * as pulumi from "@pulumi/pulumi";
import { withCheapStackTraces } from "../../scripts/local/stackTraces";

// Pulumi's mock runtime, recorded. What it proves: which resources a component registers, with which inputs and options.
// What it does not: that AWS accepts them.

/** Inputs and outputs of a resource. Secrets are wrapped: see `isSecret` and `reveal`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests reach into inputs of every type.
export type Properties = Record<string, any>;

export interface Recorded {
    type: string;
    name: string;
    id: string;
    urn: string;
    custom: boolean;
    inputs: Properties;
    /** The inputs and what AWS computes, as the mocks have it. */
    outputs: Properties;
    /** URN of the parent, "" without one. */
    parent: string;
    /** URNs of the parents that it had in an earlier deployment, by its aliases, "" for none. */
    formerParents: string[];
    protect: boolean;
    retainOnDelete: boolean;
    deleteBeforeReplace: boolean;
    /** Inputs whose change replaces the resource, whatever the provider would do. */
    replaceOnChanges: string[];
    /** Another value than in the last deployment replaces the resource. */
    replacementTrigger: unknown;
    ignoreChanges: string[];
    additionalSecretOutputs: string[];
    /** URNs of everything it waits for: `dependsOn` and the resources behind its inputs. */
    dependencies: string[];
    /** The URNs behind each input. */
    propertyDependencies: Record<string, string[]>;
}

export interface Recording<T> {
    /** What the function returned. */
    result: T;
    /** In the order of registration. */
    resources: Recorded[];
    /** The resources of a type, in order. */
    all: (type: string) => Recorded[];
    /** The only resource of a type (and name, where several have the type); an error otherwise. */
    one: (type: string, name?: string) => Recorded;
}

export interface RecordOptions {
    /** Extra outputs of a resource, over those of `computedOutputs`; `id` is its id. */
    outputs?: (type: string, name: string, inputs: Properties) => Properties | undefined;
    /** Results of provider functions, by token; undefined falls back to `callResult`. */
    call?: (token: string, inputs: Properties) => Properties | undefined;
    /** A preview: outputs that only AWS knows stay unknown. */
    preview?: boolean;
    /** Name of the project, also the namespace of its config. Default: "project". */
    project?: string;
    /** Default: "stack". */
    stack?: string;
    /** The stack's config, by `<namespace>:<key>`. Default: none. */
    config?: Record<string, string>;
}

export const account = "123456789012";
export const region = "eu-central-1";

/** Runs a program under fresh mocks, waits until all its resources are registered, and returns what it registered. */
export async function record<T>(program: () => T | Promise<T>, options: RecordOptions = {}): Promise<Recording<T>> {
    const resources: Recorded[] = [];
    const { project = "project", stack = "stack", preview = false, config = {} } = options;
    await pulumi.runtime.setMocks(mocks(options), project, stack, preview);
    pulumi.runtime.setAllConfig(config);
    recordRequests(resources);
    const result = await withCheapStackTraces(async () => {
        const returned = await program();
        await pulumi.runtime.disconnect();
        return returned;
    });
    await settleAssets(resources);
    return {
        result,
        resources,
        all: (type) => resources.filter((resource) => resource.type === type),
        one: (type, name) => only(resources, type, name),
    };
}

/** The value of an output, unwrapped. */
export function promiseOf<T>(output: pulumi.Input<T>): Promise<pulumi.Unwrap<T>> {
    return new Promise((resolve) => pulumi.output(output).apply(resolve));
}

/** Whether a recorded input, or anything in it, is a secret. Pulumi marks the whole property. */
export function isSecret(value: unknown): boolean {
    return pulumi.runtime.isRpcSecret(value);
}

/** A recorded input without the secret's wrapping. */
export function reveal<T = unknown>(value: unknown): T {
    return pulumi.runtime.unwrapRpcSecret(value) as T;
}

function mocks(options: RecordOptions): pulumi.runtime.Mocks {
    return {
        newResource: ({ type, name, inputs, id }) => {
            const given = inputs as Properties;
            const own = options.outputs?.(type, name, given);
            const { id: computed, ...state } = { ...given, ...computedOutputs(type, name, given), ...own };
            return { id: id || ((computed as string | undefined) ?? `${name}-id`), state };
        },
        call: ({ token, inputs }) =>
            options.call?.(token, inputs as Properties) ?? callResult(token, inputs as Properties),
    };
}

// Pulumi hands the mocks a resource's inputs only; its options are in the request.
function recordRequests(resources: Recorded[]): void {
    const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = async (request, callback) => {
        await register(request, (error, response) => {
            if (response) {
                resources.push(recorded(request, response));
            }
            callback(error, response);
        });
    };
}

function recorded(request: Request, response: Response): Recorded {
    const propertyDependencies = [...request.getPropertydependenciesMap().entries()];
    return {
        type: request.getType(),
        name: request.getName(),
        id: response.getId(),
        urn: response.getUrn(),
        custom: request.getCustom(),
        inputs: pulumi.runtime.deserializeProperties(request.getObject()),
        outputs: pulumi.runtime.deserializeProperties(response.getObject()),
        parent: request.getParent(),
        formerParents: request.getAliasesList().map((alias) => alias.getSpec()?.getParenturn() ?? ""),
        protect: request.getProtect() ?? false,
        retainOnDelete: request.getRetainondelete() ?? false,
        deleteBeforeReplace: request.getDeletebeforereplace(),
        replaceOnChanges: request.getReplaceonchangesList(),
        replacementTrigger: request.getReplacementTrigger()?.toJavaScript(),
        ignoreChanges: request.getIgnorechangesList(),
        additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
        dependencies: request.getDependenciesList(),
        propertyDependencies: Object.fromEntries(
            propertyDependencies.map(([property, dependencies]) => [property, dependencies.getUrnsList()]),
        ),
    };
}

/** Pulumi keeps an asset's path as a promise, and since Node.js 24 a promise equals none but itself. */
async function settleAssets(resources: Recorded[]): Promise<void> {
    for (const value of resources.flatMap(({ inputs, outputs }) => [inputs, outputs]).flatMap(Object.values)) {
        if (value instanceof pulumi.asset.FileAsset) {
            (value as { path: string | Promise<string> }).path = await value.path;
        }
    }
}

function only(resources: Recorded[], type: string, name?: string): Recorded {
    const found = resources.filter(
        (resource) => resource.type === type && (name === undefined || resource.name === name),
    );
    if (found.length !== 1 || found[0] === undefined) {
        const wanted = name === undefined ? type : `${type} "${name}"`;
        const present = resources.map((resource) => `${resource.type} "${resource.name}"`).join("\n  ");
        throw new Error(`Expected one ${wanted}, found ${found.length}. Registered:\n  ${present}`);
    }
    return found[0];
}

/** Outputs that AWS computes; every resource has an ARN so that programs can refer to it. */
function computedOutputs(type: string, name: string, inputs: Properties): Properties {
    const arn = `arn:aws:${type.split(":")[1]?.split("/")[0]}:${region}:${account}:${name}`;
    switch (type) {
        case "aws:ec2/vpc:Vpc":
        case "aws:ec2/subnet:Subnet":
        case "aws:ec2/routeTable:RouteTable":
        case "aws:ec2/internetGateway:InternetGateway":
        case "aws:ec2/eip:Eip":
        case "aws:ec2/natGateway:NatGateway":
            return { arn, id: `${networkPrefixes[type]}-${name}` };
        case "aws:rds/cluster:Cluster":
            return {
                arn,
                clusterResourceId: `cluster-${name.toUpperCase()}`,
                endpoint: `${name}.cluster-abc.${region}.rds.amazonaws.com`,
                readerEndpoint: `${name}.cluster-ro-abc.${region}.rds.amazonaws.com`,
                engineVersionActual: inputs.engineVersion as string,
            };
        case "aws:iam/role:Role":
            return { arn, name: (inputs.name as string | undefined) ?? name, createDate: "2026-11-29T05:00:00Z" };
        case "aws:ec2/vpcEndpoint:VpcEndpoint":
            return { arn, prefixListId: `pl-${name}` };
        case "random:index/randomPassword:RandomPassword":
            return { result: pulumi.secret(`password-of-${name}`) };
        case "random:index/randomId:RandomId":
            return { hex: "0a1b2c3d" };
        case "aws:serverlessrepository/cloudFormationStack:CloudFormationStack":
            return { outputs: { RotationLambdaARN: `arn:aws:lambda:${region}:${account}:function:${name}` } };
        default:
            return { arn, name: (inputs.name as string | undefined) ?? name };
    }
}

/** What the ids of a network's parts begin with; several parts have the same name. */
const networkPrefixes = {
    "aws:ec2/vpc:Vpc": "vpc",
    "aws:ec2/subnet:Subnet": "subnet",
    "aws:ec2/routeTable:RouteTable": "rtb",
    "aws:ec2/internetGateway:InternetGateway": "igw",
    "aws:ec2/eip:Eip": "eipalloc",
    "aws:ec2/natGateway:NatGateway": "nat",
};

function callResult(token: string, inputs: Properties): Properties {
    switch (token) {
        case "aws:index/getCallerIdentity:getCallerIdentity":
            return { accountId: account, arn: `arn:aws:iam::${account}:user/test`, userId: "test" };
        case "aws:index/getRegion:getRegion":
            return { region, id: region };
        case "aws:index/getPartition:getPartition":
            return { partition: "aws", dnsSuffix: "amazonaws.com", id: "aws" };
        case "aws:iam/getRoles:getRoles":
            return { names: ["AWSServiceRoleForCodeStarNotifications"], arns: [], id: "roles" };
        case "aws:index/getAvailabilityZones:getAvailabilityZones":
            return { names: ["a", "b", "c", "d"].map((zone) => region + zone), id: region };
        case "aws:ec2/getVpcEndpointService:getVpcEndpointService":
            return {
                serviceName: inputs.serviceName as string,
                availabilityZones: ["a", "b", "c", "d"].map((zone) => region + zone),
            };
        case "aws:rds/getClusters:getClusters":
            return { clusterArns: [], clusterIdentifiers: [] };
        case "aws:rds/getEngineVersion:getEngineVersion":
            return { versionActual: `${inputs.version as string}.4` };
        default:
            throw new Error(`No mock for the provider function ${token}: give record() a "call".`);
    }
}

type Struct = Parameters<typeof pulumi.runtime.deserializeProperties>[0];

// The part of the mock monitor's and the request's interfaces that is used here; Pulumi does not export them.
interface Monitor {
    registerResource(request: Request, callback: Callback): Promise<void>;
}
type Callback = (error: unknown, response: Response | undefined) => void;
interface Response {
    getId(): string;
    getUrn(): string;
    getObject(): Struct;
}
interface Request {
    getType(): string;
    getName(): string;
    getCustom(): boolean;
    getObject(): Struct;
    getParent(): string;
    getAliasesList(): { getSpec(): { getParenturn(): string } | undefined }[];
    getProtect(): boolean | undefined;
    getRetainondelete(): boolean | undefined;
    getDeletebeforereplace(): boolean;
    getReplaceonchangesList(): string[];
    getReplacementTrigger(): { toJavaScript(): unknown } | undefined;
    getIgnorechangesList(): string[];
    getAdditionalsecretoutputsList(): string[];
    getDependenciesList(): string[];
    getPropertydependenciesMap(): Map<string, { getUrnsList(): string[] }>;
}
