import type { Mapping } from "../call";
import type { Inputs } from "../inputs";
import { call, drop, listed, pairs } from "./build";

export const operationsCalls: Record<string, Mapping> = {
    "aws:cloudwatch/dashboard:Dashboard": {
        autoNamed: "dashboardName",
        calls: [call("cloudwatch", "PutDashboard")],
    },
    "aws:cloudwatch/eventRule:EventRule": { autoNamed: "name", calls: [call("events", "PutRule")] },
    "aws:cloudwatch/eventTarget:EventTarget": {
        calls: [
            call("events", "PutTargets", {
                members: { arn: drop, roleArn: drop, input: drop },
                // The provider makes the id: internal/service/events/target.go
                added: ({ arn, roleArn, input }) => ({
                    Targets: [
                        {
                            Id: "terraform-20261129000000000000000001",
                            Arn: arn,
                            RoleArn: roleArn,
                            Input: input,
                        },
                    ],
                }),
            }),
        ],
    },
    "aws:cloudwatch/logGroup:LogGroup": {
        autoNamed: "name",
        notSent: { skipDestroy: "only when the group is destroyed" },
        calls: [
            call("logs", "CreateLogGroup", { members: { name: "logGroupName" } }),
            call("logs", "PutRetentionPolicy", { members: { name: "logGroupName" } }),
        ],
    },
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": {
        calls: [call("cloudwatch", "PutCompositeAlarm")],
    },
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": {
        autoNamed: "name",
        calls: [
            call("logs", "PutMetricFilter", {
                members: {
                    name: "filterName",
                    pattern: "filterPattern",
                    metricTransformation: (value) => {
                        const { name: metricName, namespace: metricNamespace, value: metricValue } = value as Inputs;
                        return { metricTransformations: [{ metricName, metricNamespace, metricValue }] };
                    },
                },
            }),
        ],
    },
    "aws:cloudwatch/metricAlarm:MetricAlarm": {
        autoNamed: "name",
        calls: [
            call("cloudwatch", "PutMetricAlarm", {
                members: {
                    name: "AlarmName",
                    dimensions: (value) => ({
                        Dimensions: pairs(value),
                    }),
                    metricQueries: (value) => ({
                        Metrics: listed(value).map(({ metric, ...query }) => ({
                            ...query,
                            MetricStat: metric && metricStat(metric as Inputs),
                        })),
                    }),
                },
            }),
        ],
    },
    "aws:iam/role:Role": {
        autoNamed: "name",
        notSent: { forceDetachPolicies: "only when the role is deleted" },
        calls: [
            call("iam", "CreateRole", { members: { name: "RoleName", assumeRolePolicy: "AssumeRolePolicyDocument" } }),
        ],
    },
    "aws:iam/rolePolicy:RolePolicy": {
        autoNamed: "name",
        calls: [
            call("iam", "PutRolePolicy", {
                members: { name: "PolicyName", role: "RoleName", policy: "PolicyDocument" },
            }),
        ],
    },
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
        calls: [call("iam", "AttachRolePolicy", { members: { role: "RoleName" } })],
    },
    "aws:sns/topic:Topic": {
        autoNamed: "name",
        calls: [
            call("sns", "CreateTopic", {
                members: { kmsMasterKeyId: (value) => ({ Attributes: { KmsMasterKeyId: value } }) },
            }),
        ],
    },
    "aws:sns/topicPolicy:TopicPolicy": {
        calls: [
            call("sns", "SetTopicAttributes", {
                members: { arn: "TopicArn", policy: "AttributeValue" },
                added: () => ({ AttributeName: "Policy" }),
            }),
        ],
    },
    "aws:sns/topicSubscription:TopicSubscription": {
        calls: [call("sns", "Subscribe", { members: { topic: "TopicArn" } })],
    },
};

function metricStat({ dimensions, metricName, namespace, period, stat, unit }: Inputs): Inputs {
    return {
        Metric: {
            MetricName: metricName,
            Namespace: namespace,
            Dimensions: pairs(dimensions ?? {}),
        },
        Period: period,
        Stat: stat,
        Unit: unit,
    };
}
