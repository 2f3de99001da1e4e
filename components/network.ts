import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { withDefaults } from "./defaults";
import { type Location, locationOf } from "./location";
import { tagsRule } from "./shape";
import { arn, policyDocument, type Statement, trust, writeLogs } from "./statements";
import { isVpcCidr, maxZones, planSubnets, vpcPrefix } from "./subnetPlan";
import { kmsKey, logRetention, oneOf, type Rule, validate, wholeNumber } from "./validation";

/** How builds in the private subnets reach AWS and the internet. */
export const Egress = {
    /** A NAT gateway a zone: survives the loss of a zone. About $33 a month each, plus $0.045 a GB. */
    NatPerAz: "NatPerAz",
    /** One NAT gateway for all zones. About $33 a month, plus $0.045 a GB. */
    SingleNat: "SingleNat",
    /** No internet: interface endpoints of the AWS services that builds call. About $7.30 a month, endpoint and zone. */
    Endpoints: "Endpoints",
} as const;
export type Egress = (typeof Egress)[keyof typeof Egress];

/** Which traffic the VPC's flow log records. */
export const FlowLogTraffic = {
    /** What security groups or network ACLs refused. */
    Reject: "Reject",
    /** Everything; costs more in CloudWatch Logs. */
    All: "All",
} as const;
export type FlowLogTraffic = (typeof FlowLogTraffic)[keyof typeof FlowLogTraffic];

export interface NetworkArgs {
    /**
     * Address range of the VPC, from /16 to /24, on a network boundary. A change replaces the VPC and everything in it.
     * Default: "10.0.0.0/16".
     */
    cidrBlock?: string;
    /**
     * Number of availability zones, 2 to 4. The addresses of 4 are reserved, so that adding one renumbers nothing.
     * Default: 2.
     */
    availabilityZones?: number;
    /**
     * How builds reach AWS and the internet: "NatPerAz", "SingleNat" or "Endpoints". It decides most of the network's
     * cost: see `Egress`. Default: "SingleNat".
     */
    egress?: Egress;
    /** Which traffic the flow log records: "Reject" or "All". Default: "Reject". */
    flowLogs?: FlowLogTraffic;
    /** Days that the flow log is kept for, one of CloudWatch Logs' values. Default: 30. */
    logRetentionInDays?: number;
    /**
     * ARN of the KMS key that encrypts the flow log; its policy must admit CloudWatch Logs. Default: CloudWatch Logs'
     * own encryption.
     */
    logKmsKeyArn?: pulumi.Input<string>;
    /** Tags of every resource that takes them. Default: none. */
    tags?: { [key: string]: string };
}

/** Written once; a test compares the documentation above with it. */
export const networkDefaults = {
    cidrBlock: "10.0.0.0/16",
    availabilityZones: 2,
    egress: Egress.SingleNat,
    flowLogs: FlowLogTraffic.Reject,
    logRetentionInDays: 30,
} satisfies Partial<NetworkArgs>;

/** What builds call without internet: their logs, the credential, their reports, snapshots, and the keys of those. */
const endpointServices = ["logs", "secretsmanager", "codebuild", "kms", "sts", "rds"];

/**
 * A VPC with private subnets for builds, isolated subnets for the database and, with NAT, public subnets for the
 * gateways. Its default security group is empty, refused traffic is logged, and S3 is reached without leaving AWS.
 */
export class Network extends pulumi.ComponentResource {
    /** Id of the VPC. */
    public readonly vpcId: pulumi.Output<string>;
    /** Subnets of the NAT gateways; none with "Endpoints". */
    public readonly publicSubnetIds: pulumi.Output<string[]>;
    /** Subnets of the builds. */
    public readonly privateSubnetIds: pulumi.Output<string[]>;
    /** Subnets of the database; no route leaves the VPC. */
    public readonly isolatedSubnetIds: pulumi.Output<string[]>;
    /** How builds reach AWS and the internet: the arg, or its default. */
    public readonly egress: pulumi.Output<string>;
    /** Prefix list of the S3 gateway endpoint, for egress rules to S3. */
    public readonly s3PrefixListId: pulumi.Output<string>;
    /** Security group of the interface endpoints, for egress rules to AWS; absent with NAT. */
    public readonly endpointSecurityGroupId?: pulumi.Output<string>;

    constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
        validate("Network", name, rules(args));
        super("aurora-pipeline:index:Network", name, {}, opts);
        const settings = withDefaults(args, networkDefaults);

        const at = locationOf(this);
        const vpc = createVpc(this, name, settings);
        emptyDefaultSecurityGroup(this, name, vpc, settings);
        createFlowLog(this, name, vpc, settings, at);
        const s3 = createS3Endpoint(this, name, vpc, settings, at);
        const endpoints =
            settings.egress === Egress.Endpoints ? createEndpoints(this, name, vpc, settings, at) : undefined;

        this.vpcId = vpc.vpcId;
        this.publicSubnetIds = vpc.publicSubnetIds;
        this.privateSubnetIds = vpc.privateSubnetIds;
        this.isolatedSubnetIds = vpc.isolatedSubnetIds;
        this.egress = pulumi.output(settings.egress);
        this.s3PrefixListId = s3.prefixListId;
        if (endpoints !== undefined) {
            this.endpointSecurityGroupId = endpoints.id;
        }
        this.registerOutputs({
            vpcId: this.vpcId,
            publicSubnetIds: this.publicSubnetIds,
            privateSubnetIds: this.privateSubnetIds,
            isolatedSubnetIds: this.isolatedSubnetIds,
            egress: this.egress,
            s3PrefixListId: this.s3PrefixListId,
            endpointSecurityGroupId: this.endpointSecurityGroupId,
        });
    }
}

type Settings = NetworkArgs & Required<Pick<NetworkArgs, keyof typeof networkDefaults>>;

function rules(args: NetworkArgs): Rule[] {
    const { cidrBlock = networkDefaults.cidrBlock } = args;
    return [
        {
            arg: "cidrBlock",
            given: cidrBlock,
            valid: isVpcCidr(cidrBlock),
            allowed: `an IPv4 range from /${vpcPrefix.min} to /${vpcPrefix.max} that starts on its own boundary`,
            fix: 'For example "10.0.0.0/16".',
        },
        wholeNumber(
            "availabilityZones",
            args.availabilityZones,
            { min: 2, max: maxZones },
            "Aurora needs two zones; the address plan has room for four.",
        ),
        oneOf("egress", args.egress, Object.values(Egress), 'Leave it out for "SingleNat".'),
        oneOf("flowLogs", args.flowLogs, Object.values(FlowLogTraffic), 'Leave it out for "Reject".'),
        logRetention("logRetentionInDays", args.logRetentionInDays),
        kmsKey("logKmsKeyArn", args.logKmsKeyArn),
        tagsRule(args.tags),
    ];
}

function createVpc(parent: Network, name: string, settings: Settings): awsx.ec2.Vpc {
    const plan = planSubnets(settings.cidrBlock, settings.availabilityZones);
    // A public subnet without a NAT gateway in it would only be a way in. awsx makes an internet gateway all the same
    // (pulumi-awsx#947); without public subnets no route leads to it.
    const hasNat = settings.egress !== Egress.Endpoints;
    const natStrategy = { NatPerAz: "OnePerAz", SingleNat: "Single", Endpoints: "None" } as const;
    return new awsx.ec2.Vpc(
        name,
        {
            cidrBlock: settings.cidrBlock,
            numberOfAvailabilityZones: settings.availabilityZones,
            // Private DNS of the interface endpoints needs both.
            enableDnsHostnames: true,
            enableDnsSupport: true,
            subnetStrategy: "Auto",
            subnetSpecs: [
                ...(hasNat ? [{ type: "Public" as const, cidrBlocks: plan.public }] : []),
                { type: "Private", cidrBlocks: plan.private },
                { type: "Isolated", cidrBlocks: plan.isolated },
            ],
            natGateways: { strategy: natStrategy[settings.egress] },
            tags: settings.tags,
        },
        { parent },
    );
}

/** Whatever is launched without a security group gets the default one: it must not let anything through. */
function emptyDefaultSecurityGroup(parent: Network, name: string, vpc: awsx.ec2.Vpc, settings: Settings): void {
    new aws.ec2.DefaultSecurityGroup(
        `${name}-default`,
        { vpcId: vpc.vpcId, ingress: [], egress: [], tags: settings.tags },
        { parent },
    );
}

function createFlowLog(
    parent: Network,
    name: string,
    vpc: awsx.ec2.Vpc,
    settings: Settings,
    at: pulumi.Output<Location>,
): void {
    const logGroup = new aws.cloudwatch.LogGroup(
        `${name}-flow-logs`,
        { retentionInDays: settings.logRetentionInDays, kmsKeyId: settings.logKmsKeyArn, tags: settings.tags },
        { parent },
    );
    const role = new aws.iam.Role(
        `${name}-flow-logs`,
        {
            description: `Writes the flow log of the network ${name}`,
            assumeRolePolicy: at.apply((location) =>
                policyDocument([trust(location, "vpc-flow-logs", arn(location, "ec2", "vpc-flow-log/*"))]),
            ),
            tags: settings.tags,
        },
        { parent },
    );
    const policy = new aws.iam.RolePolicy(
        `${name}-flow-logs`,
        { role: role.name, policy: logGroup.arn.apply((logGroupArn) => policyDocument(deliverFlowLogs(logGroupArn))) },
        { parent },
    );
    new aws.ec2.FlowLog(
        name,
        {
            vpcId: vpc.vpcId,
            trafficType: settings.flowLogs === FlowLogTraffic.All ? "ALL" : "REJECT",
            logDestinationType: "cloud-watch-logs",
            logDestination: logGroup.arn,
            iamRoleArn: role.arn,
            tags: settings.tags,
        },
        { parent, dependsOn: [policy] },
    );
}

function deliverFlowLogs(logGroupArn: string): Statement[] {
    const find: Statement = {
        Sid: "FindLogs",
        Effect: "Allow",
        Action: ["logs:DescribeLogGroups", "logs:DescribeLogStreams"],
        Resource: [`${logGroupArn}:*`],
    };
    return [find, writeLogs(logGroupArn)];
}

/** Free, and it keeps artifacts off the NAT gateway's bill. */
function createS3Endpoint(
    parent: Network,
    name: string,
    vpc: awsx.ec2.Vpc,
    settings: Settings,
    at: pulumi.Output<Location>,
): aws.ec2.VpcEndpoint {
    // With NAT, packages come from S3 too, many without credentials: only a network without internet is narrowed.
    const policy = settings.egress === Egress.Endpoints ? endpointPolicy(at, "s3") : undefined;
    return new aws.ec2.VpcEndpoint(
        `${name}-s3`,
        {
            vpcId: vpc.vpcId,
            vpcEndpointType: "Gateway",
            serviceName: serviceName(at, "s3"),
            routeTableIds: vpc.routeTables.apply((tables) => pulumi.all(tables.map((table) => table.id))),
            policy,
            tags: settings.tags,
        },
        { parent },
    );
}

function createEndpoints(
    parent: Network,
    name: string,
    vpc: awsx.ec2.Vpc,
    settings: Settings,
    at: pulumi.Output<Location>,
): aws.ec2.SecurityGroup {
    const group = new aws.ec2.SecurityGroup(
        `${name}-endpoints`,
        {
            vpcId: vpc.vpcId,
            description: `Interface endpoints of the network ${name}`,
            tags: settings.tags,
        },
        { parent },
    );
    planSubnets(settings.cidrBlock, settings.availabilityZones).private.forEach((cidrIpv4, zone) => {
        new aws.vpc.SecurityGroupIngressRule(
            `${name}-endpoints-${zone + 1}`,
            {
                securityGroupId: group.id,
                description: `HTTPS from the private subnet of zone ${zone + 1}`,
                ipProtocol: "tcp",
                fromPort: 443,
                toPort: 443,
                cidrIpv4,
                tags: settings.tags,
            },
            { parent },
        );
    });
    for (const service of endpointServices) {
        new aws.ec2.VpcEndpoint(
            `${name}-${service}`,
            {
                vpcId: vpc.vpcId,
                vpcEndpointType: "Interface",
                serviceName: serviceName(at, service),
                privateDnsEnabled: true,
                subnetIds: vpc.privateSubnetIds,
                securityGroupIds: [group.id],
                policy: endpointPolicy(at, service),
                tags: settings.tags,
            },
            { parent },
        );
    }
    return group;
}

function serviceName(at: pulumi.Output<Location>, service: string): pulumi.Output<string> {
    return at.apply(({ region }) => `com.amazonaws.${region}.${service}`);
}

/** Only this account's principals and resources: neither another's credentials nor another's bucket take data out. */
function endpointPolicy(at: pulumi.Output<Location>, service: string): pulumi.Output<string> {
    return at.apply(({ account }) =>
        policyDocument([
            {
                Sid: "ThisAccountOnly",
                Effect: "Allow",
                Principal: "*",
                Action: [`${service}:*`],
                Resource: ["*"],
                Condition: {
                    StringEquals: { "aws:PrincipalAccount": account },
                    // Not every action has a resource.
                    StringEqualsIfExists: { "aws:ResourceAccount": account },
                },
            },
        ]),
    );
}
