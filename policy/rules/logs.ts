import { atLeast, given } from "../conditions";
import { get, hasUnknown, refersTo, type Resource } from "../resource";
import { type Rule, findings, property, stackRule } from "../rule";
import { Types } from "./types";

export const logRules: Rule[] = [
    property({
        id: "logs-retention",
        controls: ["CKV_AWS_66", "CKV_AWS_338"],
        title: "Logs are kept long enough, but not forever",
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
    stackRule({
        id: "alarm-action",
        controls: ["CKV_AWS_319"],
        title: "An alarm notifies someone",
        types: [Types.alarm, Types.compositeAlarm],
        allowed: {
            prod: "at least one alarmAction, its own or that of a composite alarm made of it, and actionsEnabled not false",
        },
        fix: "Set alarmActions to an SNS topic that a person reads.",
        check: (alarm, _environment, stack) => {
            const { properties } = alarm;
            const whole = stack.all(Types.compositeAlarm).filter((other) => isMadeOf(other, alarm));
            return findings(
                {
                    what: "alarmActions",
                    given: get(properties, "alarmActions"),
                    valid: [alarm, ...whole].some(tells),
                },
                {
                    what: "actionsEnabled",
                    given: get(properties, "actionsEnabled"),
                    valid: get(properties, "actionsEnabled") !== false,
                },
            );
        },
    }),
];

/** Whether an alarm has an action, or may have one: an unknown value is not a finding. */
function tells({ properties }: Resource): boolean {
    const actions = get(properties, "alarmActions");
    return hasUnknown(actions) || (Array.isArray(actions) && actions.length > 0);
}

/** Whether a composite alarm's rule names an alarm: in its text, or according to Pulumi's dependencies. */
function isMadeOf(composite: Resource, alarm: Resource): boolean {
    const rule = get(composite.properties, "alarmRule");
    if (hasUnknown(rule)) return true;
    const named = typeof rule === "string" ? [...rule.matchAll(/"([^"]+)"/g)].map(([, name]) => name) : [];
    return (
        named.some((name) => name !== undefined && alarm.identifiers.has(name)) ||
        refersTo(composite, "alarmRule", alarm)
    );
}
