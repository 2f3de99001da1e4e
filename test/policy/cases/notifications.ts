import { codebuild, source } from "./access";
import { Types } from "../../../policy/rules/types";
import { type Cases, make, policy } from "../support";

// Notifications, logs and alarms.

const topic = (inputs: object) => [make(Types.topic, inputs)];
const topicPolicy = (statement: object) => [make(Types.topicPolicy, { arn: "it-id", policy: policy(statement) })];
const insecure = { Bool: { "aws:SecureTransport": "false" } };
const logGroup = (inputs: object) => [make(Types.logGroup, inputs)];
const alarm = (inputs: object) => [make(Types.alarm, inputs)];
const composite = (inputs: object) =>
    make(Types.compositeAlarm, { alarmRule: 'ALARM("measured")', ...inputs }, { name: "whole" });

export const notificationCases: Cases = {
    "sns-encrypted": {
        passes: [topic({ kmsMasterKeyId: "alias/aws/sns" })],
        fails: [
            {
                given: topic({}),
                messages: [
                    'Topic "it": kmsMasterKeyId: given nothing. Allowed in prod: a customer managed key, or alias/aws/sns. Set kmsMasterKeyId. (SNS.1)',
                ],
            },
        ],
    },
    "sns-policy": {
        passes: [[...topic({}), ...topicPolicy({})]],
        fails: [
            {
                given: topic({}),
                messages: ['Topic "it": policy: given nothing. Allowed in prod: a TopicPolicy. Add one. (SNS.4)'],
            },
        ],
    },
    "sns-tls-only": {
        passes: [topicPolicy({ Effect: "Deny", Principal: "*", Action: "sns:Publish", Condition: insecure })],
        fails: [
            {
                given: topicPolicy({ Effect: "Allow", Principal: { AWS: "arn:someone" } }),
                messages: [
                    'TopicPolicy "it": policy, statements: given ["One"]. Allowed in prod: a statement that denies all principals if aws:SecureTransport is false. Add the statement. (SNS.4)',
                ],
            },
        ],
    },
    "sns-source-account": {
        passes: [topicPolicy({ Effect: "Allow", Principal: codebuild, Condition: source })],
        fails: [
            {
                given: topicPolicy({ Effect: "Allow", Principal: codebuild }),
                messages: [
                    'TopicPolicy "it": policy, statement One, Condition: given []. Allowed in prod: a condition on aws:SourceAccount for services, and no principal *. Add the condition. (SNS.4)',
                ],
            },
        ],
    },
    "logs-retention": {
        passes: [logGroup({ retentionInDays: 365 })],
        fails: [
            {
                given: logGroup({ retentionInDays: 30 }),
                messages: [
                    'LogGroup "it": retentionInDays: given 30. Allowed in prod: at least 365 days. Set logRetentionInDays of the component. (CKV_AWS_66, CKV_AWS_338)',
                ],
            },
            {
                given: logGroup({}),
                messages: [
                    'LogGroup "it": retentionInDays: given nothing. Allowed in prod: at least 365 days. Set logRetentionInDays of the component. (CKV_AWS_66, CKV_AWS_338)',
                ],
            },
        ],
    },
    "logs-key": {
        passes: [logGroup({ kmsKeyId: "arn:key" })],
        fails: [
            {
                given: logGroup({}),
                messages: [
                    'LogGroup "it": kmsKeyId: given nothing. Allowed in prod: the ARN of a customer managed key. Set kmsKeyArn of the component (logKmsKeyArn of Network). (CKV_AWS_158)',
                ],
            },
        ],
    },
    "alarm-action": {
        passes: [
            alarm({ alarmActions: ["arn:topic"] }),
            [...alarm({ name: "measured" }), composite({ alarmActions: ["arn:topic"] })],
        ],
        fails: [
            {
                given: alarm({}),
                messages: [
                    'MetricAlarm "it": alarmActions: given nothing. Allowed in prod: at least one alarmAction, its own or that of a composite alarm made of it, and actionsEnabled not false. Set alarmActions to an SNS topic that a person reads. (CKV_AWS_319)',
                ],
            },
            {
                given: [...alarm({ name: "another" }), composite({ alarmActions: ["arn:topic"] })],
                messages: [
                    'MetricAlarm "it": alarmActions: given nothing. Allowed in prod: at least one alarmAction, its own or that of a composite alarm made of it, and actionsEnabled not false. Set alarmActions to an SNS topic that a person reads. (CKV_AWS_319)',
                ],
            },
            {
                given: [...alarm({ name: "measured" }), composite({})],
                messages: [
                    'MetricAlarm "it": alarmActions: given nothing. Allowed in prod: at least one alarmAction, its own or that of a composite alarm made of it, and actionsEnabled not false. Set alarmActions to an SNS topic that a person reads. (CKV_AWS_319)',
                    'CompositeAlarm "whole": alarmActions: given nothing. Allowed in prod: at least one alarmAction, its own or that of a composite alarm made of it, and actionsEnabled not false. Set alarmActions to an SNS topic that a person reads. (CKV_AWS_319)',
                ],
            },
            {
                given: alarm({ alarmActions: ["arn:topic"], actionsEnabled: false }),
                messages: [
                    'MetricAlarm "it": actionsEnabled: given false. Allowed in prod: at least one alarmAction, its own or that of a composite alarm made of it, and actionsEnabled not false. Set alarmActions to an SNS topic that a person reads. (CKV_AWS_319)',
                ],
            },
        ],
    },
};
