import assert from "node:assert/strict";
import { Egress, FlowLogTraffic, Network, type NetworkArgs } from "../../components/network";
import { account, promiseOf, type Properties, record, type Recorded, region } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";
import { statementsOf } from "../support/policies";

const types = {
    association: "aws:ec2/routeTableAssociation:RouteTableAssociation",
    route: "aws:ec2/route:Route",
    routeTable: "aws:ec2/routeTable:RouteTable",
    subnet: "aws:ec2/subnet:Subnet",
    vpc: "aws:ec2/vpc:Vpc",
};
const endpointType = "aws:ec2/vpcEndpoint:VpcEndpoint";
const groupType = "aws:ec2/securityGroup:SecurityGroup";
const ingressType = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

const network = (args: NetworkArgs = {}) => record(() => new Network("net", args));
const inputsByName = (resources: Recorded[]): Record<string, Properties> =>
    Object.fromEntries(resources.map(({ name, inputs }) => [name, inputs]));

describe("Network", () => {
    it("has a VPC whose endpoints can have private names", async () => {
        const { one, result } = await network();
        assert.deepEqual(one(types.vpc).inputs, {
            cidrBlock: "10.0.0.0/16",
            enableDnsHostnames: true,
            enableDnsSupport: true,
            tags: { Name: "net" },
        });
        assert.equal(await promiseOf(result.vpcId), "vpc-net");
    });

    it("has a private and an isolated subnet per zone, at planned addresses, without public addresses", async () => {
        const { all, result } = await network({ egress: Egress.Endpoints });
        const subnet = (name: string, zone: string, cidrBlock: string) => ({
            vpcId: "vpc-net",
            availabilityZone: zone,
            cidrBlock,
            mapPublicIpOnLaunch: false,
            tags: { Name: name },
        });
        assert.deepEqual(inputsByName(all(types.subnet)), {
            "net-private-1": subnet("net-private-1", `${region}a`, "10.0.0.0/19"),
            "net-private-2": subnet("net-private-2", `${region}b`, "10.0.64.0/19"),
            "net-isolated-1": subnet("net-isolated-1", `${region}a`, "10.0.32.0/20"),
            "net-isolated-2": subnet("net-isolated-2", `${region}b`, "10.0.96.0/20"),
        });
        assert.deepEqual(await promiseOf(result.privateSubnetIds), ["subnet-net-private-1", "subnet-net-private-2"]);
        assert.deepEqual(await promiseOf(result.isolatedSubnetIds), ["subnet-net-isolated-1", "subnet-net-isolated-2"]);
        assert.deepEqual(await promiseOf(result.publicSubnetIds), []);
    });

    it("has a route table per private subnet, and one for all isolated subnets, none with inline routes", async () => {
        const { all } = await network({ egress: Egress.Endpoints, availabilityZones: 3 });
        const table = (name: string) => ({ vpcId: "vpc-net", tags: { Name: name } });
        assert.deepEqual(inputsByName(all(types.routeTable)), {
            "net-private-1": table("net-private-1"),
            "net-private-2": table("net-private-2"),
            "net-private-3": table("net-private-3"),
            "net-isolated": table("net-isolated"),
        });
        const link = (subnet: string, routeTable: string) => ({
            subnetId: `subnet-net-${subnet}`,
            routeTableId: `rtb-net-${routeTable}`,
        });
        assert.deepEqual(inputsByName(all(types.association)), {
            "net-private-1": link("private-1", "private-1"),
            "net-private-2": link("private-2", "private-2"),
            "net-private-3": link("private-3", "private-3"),
            "net-isolated-1": link("isolated-1", "isolated"),
            "net-isolated-2": link("isolated-2", "isolated"),
            "net-isolated-3": link("isolated-3", "isolated"),
        });
    });

    it("never routes isolated subnets anywhere", async () => {
        for (const egress of Object.values(Egress)) {
            const { all } = await network({ egress });
            const tables = all(types.route).map(({ inputs }) => inputs.routeTableId as string);
            assert.ok(!tables.includes("rtb-net-isolated"), egress);
        }
    });

    it("empties the default security group", async () => {
        const { one } = await network();
        assert.deepEqual(one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs, {
            vpcId: "vpc-net",
            ingress: [],
            egress: [],
            tags: { Name: "net-default" },
        });
    });

    it("logs rejected traffic to its own group, with a role for nothing else", async () => {
        const { one } = await network();
        const flowLog = one("aws:ec2/flowLog:FlowLog");
        const logGroup = one("aws:cloudwatch/logGroup:LogGroup");
        const policy = one("aws:iam/rolePolicy:RolePolicy");
        const logGroupArn = flowLog.inputs.logDestination as string;
        assert.equal(flowLog.inputs.trafficType, "REJECT");
        assert.equal(flowLog.inputs.vpcId, "vpc-net");
        assert.equal(logGroup.inputs.retentionInDays, 30);
        assert.ok(flowLog.dependencies.includes(policy.urn), "The log needs the permission to be there.");
        assert.deepEqual(statementsOf(policy.inputs.policy), [
            {
                Sid: "FindLogs",
                Effect: "Allow",
                Action: ["logs:DescribeLogGroups", "logs:DescribeLogStreams"],
                Resource: [`${logGroupArn}:*`],
            },
            {
                Sid: "WriteLogs",
                Effect: "Allow",
                Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
                Resource: [`${logGroupArn}:*`],
            },
        ]);
        assert.deepEqual(statementsOf(one("aws:iam/role:Role").inputs.assumeRolePolicy)[0]?.Condition, {
            StringEquals: { "aws:SourceAccount": account },
            ArnEquals: { "aws:SourceArn": `arn:aws:ec2:${region}:${account}:vpc-flow-log/*` },
        });
    });

    it("logs all traffic, for a year, encrypted", async () => {
        const logKmsKeyArn = `arn:aws:kms:${region}:${account}:key/1`;
        const { one } = await network({ flowLogs: FlowLogTraffic.All, logRetentionInDays: 365, logKmsKeyArn });
        assert.equal(one("aws:ec2/flowLog:FlowLog").inputs.trafficType, "ALL");
        assert.equal(one("aws:cloudwatch/logGroup:LogGroup").inputs.retentionInDays, 365);
        assert.equal(one("aws:cloudwatch/logGroup:LogGroup").inputs.kmsKeyId, logKmsKeyArn);
    });

    it("reaches S3 through a gateway endpoint in every route table that is used", async () => {
        for (const egress of Object.values(Egress)) {
            const { one, result } = await network({ egress });
            const s3 = one(endpointType, "net-s3").inputs;
            assert.equal(s3.vpcId, "vpc-net");
            assert.equal(s3.vpcEndpointType, "Gateway");
            assert.equal(s3.serviceName, `com.amazonaws.${region}.s3`);
            assert.deepEqual(s3.routeTableIds, ["rtb-net-private-1", "rtb-net-private-2", "rtb-net-isolated"]);
            assert.equal("policy" in s3, egress === Egress.Endpoints);
            assert.equal(await promiseOf(result.s3PrefixListId), "pl-net-s3");
        }
    });

    it("has no interface endpoints, which cost money, if there is NAT", async () => {
        const { all, result } = await network();
        assert.deepEqual(
            all(endpointType).map(({ name }) => name),
            ["net-s3"],
        );
        assert.deepEqual(all(groupType), []);
        assert.equal(result.endpointSecurityGroupId, undefined);
    });

    it("without internet has an interface endpoint of each service that builds call", async () => {
        const { all, result } = await network({ egress: Egress.Endpoints });
        const endpoints = all(endpointType).filter(({ inputs }) => inputs.vpcEndpointType === "Interface");
        assert.deepEqual(endpoints.map(({ inputs }) => inputs.serviceName as string).sort(), [
            `com.amazonaws.${region}.codebuild`,
            `com.amazonaws.${region}.codepipeline`,
            `com.amazonaws.${region}.kms`,
            `com.amazonaws.${region}.logs`,
            `com.amazonaws.${region}.rds`,
            `com.amazonaws.${region}.secretsmanager`,
            `com.amazonaws.${region}.sts`,
        ]);
        const groupId = await promiseOf(result.endpointSecurityGroupId);
        for (const { inputs } of nonEmpty(endpoints)) {
            assert.equal(inputs.privateDnsEnabled, true);
            assert.deepEqual(inputs.subnetIds, ["subnet-net-private-1", "subnet-net-private-2"]);
            assert.deepEqual(inputs.securityGroupIds, [groupId]);
        }
    });

    it("without internet allows only this account's principals at the endpoints", async () => {
        const { all } = await network({ egress: Egress.Endpoints });
        for (const endpoint of nonEmpty(all(endpointType))) {
            const service = endpoint.name.replace("net-", "");
            assert.deepEqual(statementsOf(endpoint.inputs.policy), [
                {
                    Sid: "ThisAccountOnly",
                    Effect: "Allow",
                    Principal: "*",
                    Action: [`${service}:*`],
                    Resource: ["*"],
                    Condition: {
                        StringEquals: { "aws:PrincipalAccount": account },
                        StringEqualsIfExists: { "aws:ResourceAccount": account },
                    },
                },
            ]);
        }
    });

    it("opens the endpoints to HTTPS from the private subnets, and to nothing else", async () => {
        const { one, all } = await network({ egress: Egress.Endpoints });
        const group = one(groupType);
        assert.equal(group.inputs.ingress, undefined);
        assert.equal(group.inputs.egress, undefined);
        const common = { securityGroupId: "net-endpoints-id", ipProtocol: "tcp", fromPort: 443, toPort: 443 };
        assert.deepEqual(
            all(ingressType).map(({ inputs }) => inputs),
            [
                {
                    ...common,
                    cidrIpv4: "10.0.0.0/19",
                    description: "HTTPS from the private subnet of zone 1",
                    tags: { Name: "net-endpoints-1" },
                },
                {
                    ...common,
                    cidrIpv4: "10.0.64.0/19",
                    description: "HTTPS from the private subnet of zone 2",
                    tags: { Name: "net-endpoints-2" },
                },
            ],
        );
    });

    it("tags everything that supports tags, including its name", async () => {
        const untaggable = [
            "aurora-pipeline:index:Network",
            "aws:iam/rolePolicy:RolePolicy",
            types.association,
            types.route,
        ];
        for (const egress of Object.values(Egress)) {
            const { resources } = await network({ egress, tags: { Owner: "shop" } });
            for (const { type, name, inputs } of nonEmpty(
                resources.filter((resource) => !untaggable.includes(resource.type)),
            )) {
                assert.deepEqual(inputs.tags, { Name: name, Owner: "shop" }, `${type} ${name}`);
            }
        }
    });

    it("uses the name in the given tags", async () => {
        const { one } = await network({ tags: { Name: "orders" } });
        assert.deepEqual(one(types.vpc).inputs.tags, { Name: "orders" });
    });

    it("parents every child to itself and names it after itself", async () => {
        for (const egress of Object.values(Egress)) {
            const { one, resources } = await network({ egress });
            const { urn } = one("aurora-pipeline:index:Network");
            for (const child of nonEmpty(resources.filter((resource) => resource.urn !== urn))) {
                assert.equal(child.parent, urn, child.name);
                assert.match(child.name, /^net(-|$)/);
            }
        }
    });

    it("rejects all invalid args at once, before it creates anything", async () => {
        const bad = { cidrBlock: "10.0.0.1/8", availabilityZones: 5, egress: "Nat", flowLogs: "ALL" } as unknown;
        const { resources } = await record(() =>
            assert.throws(
                () =>
                    new Network("net", { ...(bad as NetworkArgs), logRetentionInDays: 31, logKmsKeyArn: "alias/logs" }),
                {
                    message: [
                        'AP2002: Network "net" has 6 invalid arguments; nothing of it was created:',
                        '  - AP2105: cidrBlock: given "10.0.0.1/8". Allowed: a private IPv4 range from /16 to /24 that starts on its own boundary. For example "10.0.0.0/16".',
                        "  - AP2103: availabilityZones: given 5. Allowed: a whole number from 2 to 4. Aurora needs two zones; the address plan has room for four.",
                        '  - AP2104: egress: given "Nat". Allowed: "NatPerAz", "SingleNat", "Endpoints". Leave it out for "SingleNat".',
                        '  - AP2104: flowLogs: given "ALL". Allowed: "Reject", "All". Leave it out for "Reject".',
                        "  - AP2104: logRetentionInDays: given 31. Allowed: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653. CloudWatch Logs keeps logs for these numbers of days only.",
                        '  - AP2105: logKmsKeyArn: given "alias/logs". Allowed: the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>). Give the key\'s ARN, not its id or alias.',
                        "Correct the program, and run the command again.",
                    ].join("\n"),
                },
            ),
        );
        assert.deepEqual(resources, []);
    });
});
