import assert from "node:assert/strict";
import { environments } from "../../policy/rule";
import { recordStack } from "../policy/stack";
import { account, type Properties, type Recorded } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";
import { statementsOf } from "../support/policies";

const types = {
    egress: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    endpoint: "aws:ec2/vpcEndpoint:VpcEndpoint",
    group: "aws:ec2/securityGroup:SecurityGroup",
    project: "aws:codebuild/project:Project",
    role: "aws:iam/role:Role",
    rolePolicy: "aws:iam/rolePolicy:RolePolicy",
    routeTable: "aws:ec2/routeTable:RouteTable",
    subnet: "aws:ec2/subnet:Subnet",
};

for (const environment of environments) {
    describe(`stack ${environment} without NAT`, () => {
        let resources: Recorded[];
        const all = (type: string) => resources.filter((resource) => resource.type === type);
        /** Builds in the VPC, with everything that can be turned on. */
        const builds = () => all(types.project).filter(({ inputs }) => inputs.vpcConfig !== undefined);
        const groupOf = ({ inputs }: Recorded) => (inputs.vpcConfig as { securityGroupIds: string[] }).securityGroupIds;
        const named = (name: string) => all(types.group).find((group) => group.name === name)?.id;

        before(async () => {
            const everything = { rehearsal: "true", rotationDays: "30", driftSchedule: "rate(1 day)" };
            resources = await recordStack(environment, { egress: "Endpoints", ...everything });
        });

        it("has no gateway to the internet, no public address, no public subnet, and no route", () => {
            const waysOut =
                /ec2\/(natGateway|internetGateway|egressOnlyInternetGateway|eip|route:|vpcPeering|carrierGateway)|transitgateway/i;
            assert.deepEqual(
                resources.filter(({ type }) => waysOut.test(type)).map(({ name }) => name),
                [],
            );
            const stack = `aurora-pipeline-${environment}`;
            assert.deepEqual(
                all(types.subnet)
                    .map(({ name }) => name)
                    .sort(),
                ["isolated-1", "isolated-2", "private-1", "private-2"].map((name) => `${stack}-${name}`),
            );
            for (const table of nonEmpty(all(types.routeTable))) {
                assert.equal("routes" in table.inputs, false, table.name);
            }
        });

        it("has an endpoint of every service that a build's role may call", () => {
            const reachable = new Set(
                all(types.endpoint).map(({ inputs }) => (inputs.serviceName as string).split(".").at(-1)),
            );
            // With an approval, a rollback has a plan of its own.
            assert.equal(builds().length, environment === "prod" ? 8 : 7);
            for (const project of nonEmpty(builds())) {
                const role = all(types.role).find(({ outputs }) => outputs.arn === project.inputs.serviceRole);
                const policies = all(types.rolePolicy).filter(({ inputs }) => inputs.role === role?.outputs.name);
                const actions = policies.flatMap(({ inputs }) => allowedActions(inputs.policy));
                const services = new Set(actions.map((action) => action.split(":")[0] as string));
                assert.ok(services.has("s3") && services.has("logs"), project.name);
                // A rehearsal sets a password on its clone, and reads none.
                assert.equal(services.has("secretsmanager"), !project.name.endsWith("-rehearse"), project.name);
                // The network interface is CodeBuild's doing, before the build is in the VPC.
                services.delete("ec2");
                assert.deepEqual(
                    [...services].filter((service) => !reachable.has(service)),
                    [],
                    project.name,
                );
            }
        });

        it("runs builds on an image that is pulled outside of the VPC", () => {
            for (const { inputs, name } of nonEmpty(builds())) {
                assert.match((inputs.environment as { image: string }).image, /^aws\/codebuild\//, name);
            }
        });

        it("has its endpoints in every private subnet, by their public names, and S3's in every route table", () => {
            const privateSubnetIds = all(types.subnet)
                .filter(({ name }) => name.includes("-private-"))
                .map(({ id }) => id);
            assert.equal(privateSubnetIds.length, 2);
            for (const { inputs, name } of nonEmpty(all(types.endpoint))) {
                if (inputs.vpcEndpointType === "Gateway") {
                    assert.deepEqual(
                        inputs.routeTableIds,
                        all(types.routeTable).map(({ id }) => id),
                    );
                } else {
                    assert.deepEqual(inputs.subnetIds, privateSubnetIds, name);
                    assert.equal(inputs.privateDnsEnabled, true, name);
                }
            }
        });

        it("allows only this account's principals and resources through its endpoints", () => {
            for (const { inputs, name } of nonEmpty(all(types.endpoint))) {
                const statements = statementsOf(inputs.policy);
                assert.equal(statements.length, 1, name);
                assert.deepEqual(
                    statements[0]?.Condition,
                    {
                        StringEquals: { "aws:PrincipalAccount": account },
                        StringEqualsIfExists: { "aws:ResourceAccount": account },
                    },
                    name,
                );
            }
        });

        it("lets builds reach the endpoints, S3 and the database, and nothing else", () => {
            const [s3] = all(types.endpoint).filter(({ inputs }) => inputs.vpcEndpointType === "Gateway");
            const [database, clones, endpoints] = ["", "-rehearse-clones", "-endpoints"].map((part) =>
                named(`aurora-pipeline-${environment}${part}`),
            );
            for (const project of nonEmpty(builds())) {
                const [group, ...others] = groupOf(project);
                assert.deepEqual(others, []);
                const ways = all(types.egress)
                    .filter(({ inputs }) => inputs.securityGroupId === group)
                    .map(({ inputs }): unknown[] => [destinationOf(inputs), inputs.fromPort, inputs.toPort]);
                assert.deepEqual(
                    ways.sort(),
                    [
                        [project.name.endsWith("-rehearse") ? clones : database, 15432, 15432],
                        [endpoints, 443, 443],
                        [s3?.outputs.prefixListId, 443, 443],
                    ].sort(),
                    project.name,
                );
            }
        });

        it("has no rule to a range of addresses anywhere", () => {
            for (const { inputs, name } of nonEmpty(all(types.egress))) {
                assert.equal(inputs.cidrIpv4 ?? inputs.cidrIpv6, undefined, name);
            }
        });
    });
}

function allowedActions(policy: unknown): string[] {
    return statementsOf(policy)
        .filter(({ Effect }) => Effect === "Allow")
        .flatMap(({ Action }) => Action);
}

function destinationOf(inputs: Properties): unknown {
    return inputs.referencedSecurityGroupId ?? inputs.prefixListId ?? inputs.cidrIpv4;
}
