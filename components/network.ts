import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { withDefaults } from "./shared/defaults";
import { locationOf } from "./shared/location";
import {
    awsServices,
    createInterfaceEndpoints,
    createS3Endpoint,
    ecrServices,
    type S3Access,
} from "./network/endpoints";
import { createFlowLog, type FlowLogSettings } from "./network/flowLog";
import { createWayOut } from "./network/gateways";
import {
    createSubnetsWithTable,
    createSubnetsWithTables,
    createVpc,
    findZones,
    type Site,
    tagsOf,
} from "./network/subnets";
import { tagsRule } from "./shared/shape";
import { isVpcCidr, maxZones, planSubnets, vpcPrefix } from "./network/subnetPlan";
import { formOf, kindOf, kmsKey, logRetention, oneOf, type Rule, validate, wholeNumber } from "./shared/validation";

/** How builds in the private subnets reach AWS and the internet. */
export const Egress = {
    /**
     * An internet gateway, public subnets, and one NAT gateway with its own address per zone: survives the loss of a
     * zone. About $33 per month and zone, $3.65 for the address, plus $0.045 per GB.
     */
    NatPerAz: "NatPerAz",
    /** The same with one NAT gateway for all zones. About $33 a month, $3.65 for the address, plus $0.045 per GB. */
    SingleNat: "SingleNat",
    /**
     * No internet access: no internet gateway, no NAT gateway and no public subnet, but interface endpoints for the
     * seven AWS services that builds call, in each zone that offers the service. About $7.30 per month, endpoint and
     * zone: $102 with two zones.
     */
    Endpoints: "Endpoints",
} as const;
export type Egress = (typeof Egress)[keyof typeof Egress];

/** Which traffic the VPC's flow log records. */
export const FlowLogTraffic = {
    /** Traffic that security groups or network ACLs rejected. */
    Reject: "Reject",
    /** All traffic; costs more in CloudWatch Logs. */
    All: "All",
} as const;
export type FlowLogTraffic = (typeof FlowLogTraffic)[keyof typeof FlowLogTraffic];

export interface NetworkArgs {
    /**
     * Address range of the VPC, from /16 to /24, on a network boundary. A change replaces the VPC and everything in it,
     * including the database; the NAT gateways keep their addresses. Default: "10.0.0.0/16".
     */
    cidrBlock?: string;
    /**
     * Number of availability zones, 2 to 4, and no more than the region has. The address plan reserves room for 4, so
     * adding one renumbers and replaces nothing; a subnet stays in its original zone. Each zone costs what `egress`
     * costs per zone. Default: 2.
     */
    availabilityZones?: number;
    /**
     * How builds reach AWS and the internet: "NatPerAz", "SingleNat" or "Endpoints". It determines most of the
     * network's cost: see `Egress`. A change creates and deletes gateways, public subnets and endpoints, and interrupts
     * a running build; VPC, private and isolated subnets stay, and with them the database. Default: "SingleNat".
     */
    egress?: Egress;
    /**
     * Whether builds without internet access can pull an image of your own from Amazon ECR: two more interface
     * endpoints, about $14.60 per month and zone. Only with egress "Endpoints". Default: false.
     */
    ecrEndpoints?: boolean;
    /**
     * Which traffic the flow log records: "Reject" or "All", at $0.50 per GB. A change replaces the flow log, but keeps
     * its recorded data. Default: "Reject".
     */
    flowLogs?: FlowLogTraffic;
    /** Days that the flow log is kept, one of CloudWatch Logs' values. Default: 30. */
    logRetentionInDays?: number;
    /**
     * ARN of the KMS key that encrypts the flow log; its policy must allow CloudWatch Logs to use it. Default:
     * CloudWatch Logs' own encryption.
     */
    logKmsKeyArn?: pulumi.Input<string>;
    /** Tags for every resource that supports them, in addition to its `Name`. Default: none. */
    tags?: { [key: string]: string };
}

/** The defaults; a test compares the docstrings above with them. */
export const networkDefaults = {
    cidrBlock: "10.0.0.0/16",
    availabilityZones: 2,
    egress: Egress.SingleNat,
    ecrEndpoints: false,
    flowLogs: FlowLogTraffic.Reject,
    logRetentionInDays: 30,
} satisfies Partial<NetworkArgs>;

/**
 * A VPC with private subnets for builds, isolated subnets for the database and, with NAT, public subnets for the
 * gateways. Its default security group is empty, rejected traffic is logged, and traffic to S3 stays within AWS.
 * Without NAT there is no internet gateway either.
 */
export class Network extends pulumi.ComponentResource {
    /** Id of the VPC. */
    public readonly vpcId: pulumi.Output<string>;
    /** Subnets of the NAT gateways; none with "Endpoints". */
    public readonly publicSubnetIds: pulumi.Output<string[]>;
    /** Subnets of the builds. */
    public readonly privateSubnetIds: pulumi.Output<string[]>;
    /** Subnets of the database, without a route out of the VPC. */
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

        const hasInternet = settings.egress !== Egress.Endpoints;
        const site: Site = { parent: this, name, tags: settings.tags };
        const at = locationOf(this);
        const plan = planSubnets(settings.cidrBlock, settings.availabilityZones);
        const zones = findZones(site, settings.availabilityZones);
        const vpc = createVpc(site, settings.cidrBlock);
        emptyDefaultSecurityGroup(site, vpc);
        createFlowLog(site, vpc, flowLogOf(settings), at);
        const privateSubnets = createSubnetsWithTables(site, vpc, "private", zones, plan.private);
        const isolatedSubnets = createSubnetsWithTable(site, vpc, "isolated", zones, plan.isolated);
        const publicSubnets = hasInternet
            ? createWayOut(site, {
                  vpc,
                  zones,
                  cidrBlocks: plan.public,
                  from: privateSubnets,
                  gatewayPerZone: settings.egress === Egress.NatPerAz,
              })
            : undefined;
        const routeTableIds = [...privateSubnets.routeTableIds, ...isolatedSubnets.routeTableIds];
        const s3 = createS3Endpoint(site, vpc, routeTableIds, s3Access(hasInternet, settings.ecrEndpoints), at);
        const services = [...awsServices, ...(settings.ecrEndpoints ? ecrServices : [])];
        const endpoints = hasInternet
            ? undefined
            : createInterfaceEndpoints(site, vpc, services, privateSubnets, plan.private, at);

        this.vpcId = vpc.id;
        this.publicSubnetIds = pulumi.all(publicSubnets?.ids ?? []);
        this.privateSubnetIds = pulumi.all(privateSubnets.ids);
        this.isolatedSubnetIds = pulumi.all(isolatedSubnets.ids);
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
    const { cidrBlock = networkDefaults.cidrBlock, ecrEndpoints } = args;
    return [
        {
            arg: "cidrBlock",
            kind: formOf(cidrBlock),
            given: cidrBlock,
            valid: isVpcCidr(cidrBlock),
            allowed: `a private IPv4 range from /${vpcPrefix.min} to /${vpcPrefix.max} that starts on its own boundary`,
            fix: 'For example "10.0.0.0/16".',
        },
        wholeNumber(
            "availabilityZones",
            args.availabilityZones,
            { min: 2, max: maxZones },
            "Aurora needs two zones; the address plan has room for four.",
        ),
        oneOf("egress", args.egress, Object.values(Egress), 'Leave it out for "SingleNat".'),
        {
            arg: "ecrEndpoints",
            kind: typeof ecrEndpoints === "boolean" ? "Conflict" : kindOf(ecrEndpoints),
            given: ecrEndpoints,
            valid:
                ecrEndpoints === undefined ||
                ecrEndpoints === false ||
                (ecrEndpoints === true && args.egress === Egress.Endpoints),
            allowed: 'true or false; true with egress "Endpoints" only',
            fix: "Leave it out: with NAT, images are pulled over the internet.",
        },
        oneOf("flowLogs", args.flowLogs, Object.values(FlowLogTraffic), 'Leave it out for "Reject".'),
        logRetention("logRetentionInDays", args.logRetentionInDays),
        kmsKey("logKmsKeyArn", args.logKmsKeyArn),
        tagsRule(args.tags),
    ];
}

/** Anything launched without a security group gets the default one: it must not allow any traffic. */
function emptyDefaultSecurityGroup(site: Site, vpc: aws.ec2.Vpc): void {
    const name = `${site.name}-default`;
    new aws.ec2.DefaultSecurityGroup(
        name,
        { vpcId: vpc.id, ingress: [], egress: [], tags: tagsOf(site, name) },
        { parent: site.parent },
    );
}

/** Packages also come from S3 over NAT, many of them without credentials: only a network without it is restricted. */
function s3Access(hasInternet: boolean, ecrEndpoints: boolean): S3Access {
    if (hasInternet) return "Any";
    return ecrEndpoints ? "ThisAccountAndImages" : "ThisAccount";
}

function flowLogOf(settings: Settings): FlowLogSettings {
    return {
        trafficType: settings.flowLogs === FlowLogTraffic.All ? "ALL" : "REJECT",
        retentionInDays: settings.logRetentionInDays,
        kmsKeyId: settings.logKmsKeyArn,
    };
}
