import assert from "node:assert/strict";
import { evaluateStack } from "../support/stack";
import { settingsFrom } from "../../stacks/config";

const project = "aurora-pipeline";

function failures(region: string, config: Record<string, string> = {}): string[] {
    const values = { repository: "my-org/my-repository", ...config };
    const own = Object.entries(values).map(([key, value]) => [`${project}:${key}`, value] as const);
    try {
        settingsFrom({ project, stack: "prod", values: { "aws:region": region, ...Object.fromEntries(own) } });
        return [];
    } catch (error) {
        return (error as Error).message.split("\n").slice(1, -1);
    }
}

describe("the region of a stack", () => {
    it("may be any of the commercial partition", () => {
        for (const region of ["us-east-1", "eu-west-1", "eu-south-2", "ap-southeast-4", "sa-east-1", "mx-central-1"]) {
            assert.deepEqual(failures(region), [], region);
        }
    });

    it("is refused by name in partitions that are not supported", () => {
        for (const region of ["cn-north-1", "cn-northwest-1", "us-iso-east-1", "eu-isoe-west-1", "eusc-de-east-1"]) {
            assert.deepEqual(failures(region), [
                `  - AP2108: aws:region: given "${region}". Allowed: a region of AWS's commercial partition or of AWS GovCloud (US); docs/regions.md says why. Choose one: pulumi config set aws:region eu-west-1`,
            ]);
        }
    });

    it("is refused if it is misspelt, with the nearest name", () => {
        for (const [region, nearest] of [
            ["eu-centrl-1", "eu-central-1"],
            ["us-east1", "us-east-1"],
            ["eu_west_1", "eu-west-1"],
        ] as const) {
            assert.deepEqual(failures(region), [
                `  - AP2105: aws:region: given "${region}". Allowed: the name of a region, such as eu-west-1. Correct it: pulumi config set aws:region ${nearest}`,
            ]);
        }
    });

    it("has the secrets of its proxy", () => {
        const arn = (region: string) => `arn:aws:secretsmanager:${region}:123456789012:secret:orders-AbCdEf`;
        const secrets = (region: string) => ({ proxySecretArns: JSON.stringify([arn(region)]), minCapacity: "1" });
        assert.deepEqual(failures("eu-west-1", secrets("eu-west-1")), []);
        assert.deepEqual(failures("eu-west-1", secrets("eu-central-1")), [
            `  - AP2108: proxySecretArns: given ["${arn("eu-central-1")}"]. Allowed: secrets in eu-west-1, where the proxy reads them. Give the ARN of the secret, or of its replica, in this region`,
        ]);
    });

    it("refuses by name what GovCloud lacks", () => {
        const chatChannelArn = "arn:aws-us-gov:chatbot::123456789012:chat-configuration/slack-channel/ops";
        assert.deepEqual(failures("us-gov-west-1", { chatChannelArn }), [
            `  - AP2108: chatChannelArn: given "${chatChannelArn}". Allowed: nothing in us-gov-west-1, which has no CodeStar Notifications. Remove it: pulumi config rm chatChannelArn`,
        ]);
        assert.deepEqual(failures("us-gov-west-1"), []);
    });

    it("rejects backtrack of Aurora MySQL in regions without it, also the profile's default", () => {
        const refused = [
            "  - AP2108: backtrackHours: given 24. Allowed: 0 in eu-north-1, where Aurora MySQL has no backtrack. Set it: pulumi config set backtrackHours 0, and restore a backup to a point in time instead",
        ];
        assert.deepEqual(failures("eu-north-1", { engine: "aurora-mysql" }), refused);
        assert.deepEqual(failures("eu-north-1", { engine: "aurora-mysql", backtrackHours: "24" }), refused);
        assert.deepEqual(failures("eu-north-1", { engine: "aurora-mysql", backtrackHours: "0" }), []);
        assert.deepEqual(failures("eu-west-1", { engine: "aurora-mysql" }), []);
        assert.deepEqual(failures("eu-north-1"), []);
    });

    it("omits the notification rules that GovCloud lacks, and keeps the alarms", async () => {
        const inRegion = (region: string) => evaluateStack({ environment: "prod", region });
        const rules = "aws:codestarnotifications/notificationRule:NotificationRule";
        const gov = await inRegion("us-gov-east-1");
        assert.deepEqual(gov.all(rules), []);
        assert.ok(
            gov
                .all("aws:cloudwatch/compositeAlarm:CompositeAlarm")
                .some(({ name }) => name.endsWith("failed-pipeline")),
        );
        assert.ok((await inRegion("eu-west-1")).all(rules).length > 0);
    });
});
