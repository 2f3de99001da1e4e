import { Operations, type OperationsArgs } from "../../components";
import { record } from "../support/mocks";

export const compositeType = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
export const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";
export const eventType = "aws:rds/eventSubscription:EventSubscription";
export const ruleType = "aws:codestarnotifications/notificationRule:NotificationRule";
export const keyArn = "arn:aws:kms:eu-central-1:123456789012:key/1";
export const topicArn = "arn:aws:sns:eu-central-1:123456789012:orders-notifications";

export const build = (action: string) => ({
    projectName: `orders-${action}`,
    projectArn: `arn:project:${action}`,
    roleName: action,
    toolchain: "toolchain.zip",
});
export const given: OperationsArgs = {
    pipeline: { pipelineName: "orders", pipelineArn: "arn:pipeline" },
    builds: { plan: build("plan"), deploy: build("deploy") },
    database: {
        engine: "aurora-postgresql",
        clusterIdentifier: "shop",
        endpoint: "shop.example.com",
        port: 15432,
        databaseName: "app",
        securityGroupId: "sg-database",
        instanceIdentifiers: ["shop-1", "shop-2"],
        instanceParameterGroupName: "shop-instances",
    },
    credentials: {
        administrator: { secretArn: "arn:secret", rotationFunctionName: "rotate" },
        application: { secretArn: "arn:another" },
    },
    kmsKeyArn: keyArn,
    tags: { team: "payments" },
};
export const operations = (args: Partial<OperationsArgs> = {}) =>
    record(() => new Operations("orders", { ...given, ...args }));
