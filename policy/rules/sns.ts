import { given } from "../conditions";
import { get } from "../resource";
import { type Finding, type Rule, companion, findings, property, resourceRule } from "../rule";
import { type Statement, allowing, deniesPlainHttp, isEverybody, statementsOf } from "./policyDocument";
import { Types } from "./types";

export const snsRules: Rule[] = [
    property({
        id: "sns-encrypted",
        controls: ["SNS.1"],
        title: "The topic is encrypted",
        type: Types.topic,
        property: "kmsMasterKeyId",
        both: given("a customer managed key, or alias/aws/sns"),
        fix: "Set kmsMasterKeyId.",
    }),
    companion({
        id: "sns-policy",
        controls: ["SNS.4"],
        title: "The topic has a policy",
        type: Types.topic,
        companion: { type: Types.topicPolicy, property: "arn", what: "policy" },
        allowed: "a TopicPolicy",
        fix: "Add one.",
    }),
    resourceRule({
        id: "sns-tls-only",
        controls: ["SNS.4"],
        title: "The topic rejects requests without TLS",
        types: [Types.topicPolicy],
        allowed: "a statement that denies all principals if aws:SecureTransport is false",
        fix: "Add the statement.",
        check({ properties }) {
            const statements = statementsOf(get(properties, "policy"));
            const sids = statements.map(({ sid }) => sid);
            const valid = statements.length === 0 || deniesPlainHttp(statements, ["*", "sns:*", "sns:Publish"]);
            return findings({ what: "policy, statements", given: sids, valid });
        },
    }),
    resourceRule({
        id: "sns-source-account",
        controls: ["SNS.4"],
        title: "Only this account publishes to the topic",
        types: [Types.topicPolicy],
        allowed: "a condition on aws:SourceAccount for services, and no principal *",
        fix: "Add the condition.",
        check: ({ properties }) => allowing(statementsOf(get(properties, "policy"))).flatMap(problemOf),
    }),
];

function problemOf(statement: Statement): Finding[] {
    const foreign = isEverybody(statement) || "Service" in statement.principals;
    return findings({
        what: `policy, statement ${statement.sid}, Condition`,
        given: statement.conditionKeys,
        valid: !foreign || statement.conditionKeys.includes("aws:sourceaccount"),
    });
}
