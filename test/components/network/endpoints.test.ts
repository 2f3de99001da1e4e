import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Egress, Network } from "../../../components/network";
import { endpointName, positionsOfService } from "../../../components/network/endpoints";
import { compare } from "../../../scripts/changes/compare";
import { statementsOf } from "../../support/policies";
import { type Properties, record, type Recorded, region } from "../../support/mocks";

const offerToken = "aws:ec2/getVpcEndpointService:getVpcEndpointService";

/** A network without internet in a region where services are in these of its zones a to d only. */
async function network(zonesOfService: Record<string, unknown>, zones = 3): Promise<Recorded[]> {
    const { resources } = await record(
        () => new Network("net", { egress: Egress.Endpoints, availabilityZones: zones }),
        {
            call: (token, inputs: Properties) => {
                const service = `${inputs.serviceName}`.split(".").at(-1) ?? "";
                return token === offerToken && service in zonesOfService
                    ? { availabilityZones: zonesOfService[service] }
                    : undefined;
            },
        },
    );
    return resources;
}

const inZones = (...letters: string[]) => letters.map((letter) => region + letter);
const subnetsOf = (resources: Recorded[], service: string) =>
    resources.find(({ name, type }) => name === `net-${service}` && type.endsWith(":VpcEndpoint"))?.inputs
        .subnetIds as unknown;
const privateSubnets = (...zones: number[]) => zones.map((zone) => `subnet-net-private-${zone}`);

describe("the interface endpoints of a Network", () => {
    it("are in the zones that offer the service; every other endpoint is in all zones", async () => {
        const resources = await network({ codebuild: inZones("a", "c"), codepipeline: inZones("b", "d") });
        assert.deepEqual(subnetsOf(resources, "codebuild"), privateSubnets(1, 3));
        assert.deepEqual(subnetsOf(resources, "codepipeline"), privateSubnets(2));
        for (const service of ["logs", "secretsmanager", "kms", "sts", "rds"]) {
            assert.deepEqual(subnetsOf(resources, service), privateSubnets(1, 2, 3), service);
        }
    });

    it("leave every subnet where it is, in whatever zones the service is", async () => {
        const everywhere = await network({});
        const somewhere = await network({ codebuild: inZones("c"), kms: inZones("a", "b") });
        const { updated, added, removed, replaced } = compare(everywhere, somewhere);
        assert.deepEqual([added, removed, replaced], [[], [], []]);
        assert.deepEqual(updated.map(({ resource, inputs }) => [resource.name, inputs]).sort(), [
            ["net-codebuild", ["subnetIds"]],
            ["net-kms", ["subnetIds"]],
        ]);
    });

    it("are in all zones if AWS does not publish a service's zones", async () => {
        for (const unsaid of [undefined, []]) {
            assert.deepEqual(subnetsOf(await network({ kms: unsaid }), "kms"), privateSubnets(1, 2, 3));
        }
    });

    it("include Amazon ECR's where builds pull images from there, and the bucket of their layers", async () => {
        const recorded = (ecrEndpoints: boolean) =>
            record(() => new Network("net", { egress: Egress.Endpoints, ecrEndpoints }));
        const [without, withThem] = [await recorded(false), await recorded(true)];
        const { added, updated, removed, replaced } = compare(without.resources, withThem.resources);
        assert.deepEqual(
            [added.map(({ name }) => name).sort(), removed, replaced],
            [["net-ecr.api", "net-ecr.dkr"], [], []],
        );
        assert.deepEqual(
            updated.map(({ resource, inputs }) => [resource.name, inputs]),
            [["net-s3", ["policy"]]],
        );
        const endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint";
        const policyOf = ({ one }: typeof withThem, name: string) => statementsOf(one(endpoint, name).inputs.policy);
        assert.deepEqual(policyOf(withThem, "net-s3").slice(1), [
            {
                Sid: "ImageLayers",
                Effect: "Allow",
                Principal: "*",
                Action: ["s3:GetObject"],
                Resource: [`arn:aws:s3:::prod-${region}-starport-layer-bucket/*`],
            },
        ]);
        assert.deepEqual(policyOf(withThem, "net-s3").slice(0, 1), policyOf(without, "net-s3"));
        assert.deepEqual(policyOf(withThem, "net-ecr.dkr")[0]?.Action, ["ecr:*"]);
        assert.equal(withThem.one(endpoint, "net-ecr.api").inputs.serviceName, `com.amazonaws.${region}.ecr.api`);
    });

    it("may be unknown in a preview", async () => {
        const { resources } = await record(() => new Network("net", { egress: Egress.Endpoints }), {
            preview: true,
            call: (token) => (token === offerToken ? { availabilityZones: pulumi.unknown } : undefined),
        });
        assert.ok(pulumi.isUnknown(subnetsOf(resources, "kms")));
    });

    it("are rejected in China, where they have other names", () => {
        assert.equal(
            endpointName({ partition: "aws-us-gov", region: "us-gov-west-1" }, "kms"),
            "com.amazonaws.us-gov-west-1.kms",
        );
        assert.equal(endpointName({ partition: "aws-cn", region: "cn-north-1" }, "s3"), "com.amazonaws.cn-north-1.s3");
        assert.throws(() => endpointName({ partition: "aws-cn", region: "cn-north-1" }, "kms"), {
            code: "AP2204",
            facts: { region: "cn-north-1", partition: "aws-cn" },
            message:
                "AP2204: Interface endpoints have other names in cn-north-1 (aws-cn), which this package does not know. " +
                'Choose egress "NatPerAz" or "SingleNat", or another region.',
        });
    });

    it("require one zone with the service", () => {
        assert.deepEqual(positionsOfService("net", "com.amazonaws.x.kms", ["xa", "xb"], ["xb", "xc"]), [1]);
        assert.throws(() => positionsOfService("net", "com.amazonaws.x.kms", ["xa", "xb"], ["xc", "xd"]), {
            code: "AP2203",
            facts: { network: "net", service: "com.amazonaws.x.kms", zones: "xa, xb", offered: "xc, xd" },
            message:
                'AP2203: Network "net" has no zone with the service com.amazonaws.x.kms: its zones are xa, xb, and the service is in xc, xd. ' +
                "Raise availabilityZones, or choose another egress.",
        });
    });
});
