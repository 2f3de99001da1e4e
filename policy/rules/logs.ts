import { atLeast, given } from "../conditions";
import { get, list } from "../resource";
import { type Rule, findings, property, resourceRule } from "../rule";
import { Types } from "./types";

export const logRules: Rule[] = [
    property({
        id: "logs-retention",
        controls: ["CKV_AWS_66", "CKV_AWS_338"],
        title: "Logs are kept long enough, and not for ever",
        type: Types.logGroup,
        property: "retentionInDays",
        dev: atLeast(30, "days"),
        prod: atLeast(365, "days"),
        fix: "Set logRetentionInDays of the component.",
    }),
    property({
        id: "logs-key",
        controls: ["CKV_AWS_158"],
        title: "A customer managed key encrypts logs",
        type: Types.logGroup,
        property: "kmsKeyId",
        prod: given("the ARN of a customer managed key"),
        fix: "Set kmsKeyArn of the component (logKmsKeyArn of Network).",
    }),
    resourceRule({
        id: "alarm-action",
        controls: ["CKV_AWS_319"],
        title: "Somebody is told of an alarm",
        types: [Types.alarm, Types.compositeAlarm],
        allowed: { prod: "at least one alarmAction, and actionsEnabled not false" },
        fix: "Set alarmActions to an SNS topic that a person reads.",
        check: ({ properties }) =>
            findings(
                {
                    what: "alarmActions",
                    given: get(properties, "alarmActions"),
                    valid: list(properties, "alarmActions").length > 0,
                },
                {
                    what: "actionsEnabled",
                    given: get(properties, "actionsEnabled"),
                    valid: get(properties, "actionsEnabled") !== false,
                },
            ),
    }),
];
