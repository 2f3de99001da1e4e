import assert from "node:assert/strict";
import { dashboardUrl, pipelineUrl } from "../../../components/shared/console";

const account = "123456789012";
const hosts: [string, string, string][] = [
    ["aws", "eu-central-1", "eu-central-1.console.aws.amazon.com"],
    ["aws-cn", "cn-north-1", "cn-north-1.console.amazonaws.cn"],
    ["aws-us-gov", "us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"],
];

describe("addresses in the console", () => {
    for (const [partition, region, host] of hosts) {
        it(`of ${region} are at ${host}`, () => {
            const at = { partition, region, account };
            assert.equal(
                pipelineUrl(at, "orders"),
                `https://${host}/codesuite/codepipeline/pipelines/orders/view?region=${region}`,
            );
            assert.equal(
                dashboardUrl(at, "orders"),
                `https://${host}/cloudwatch/home?region=${region}#dashboards/dashboard/orders`,
            );
        });
    }
});
