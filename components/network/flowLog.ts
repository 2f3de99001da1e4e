import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "../shared/location";
import { logicalName } from "../shared/names";
import { type Site, tagsOf } from "./subnets";
import { arn, policyDocument, type Statement, trust, writeLogs } from "../shared/statements";

export interface FlowLogSettings {
    trafficType: "ALL" | "REJECT";
    retentionInDays: number;
    kmsKeyId?: pulumi.Input<string>;
}

/** Logs allowed and rejected traffic to its own log group, with a role for this purpose only. */
export function createFlowLog(
    site: Site,
    vpc: aws.ec2.Vpc,
    { trafficType, retentionInDays, kmsKeyId }: FlowLogSettings,
    at: pulumi.Output<Location>,
): void {
    const { parent } = site;
    const name = `${site.name}-flow-logs`;
    const tags = tagsOf(site, name);
    const logGroup = new aws.cloudwatch.LogGroup(name, { retentionInDays, kmsKeyId, tags }, { parent });
    const role = new aws.iam.Role(
        logicalName("role", name),
        {
            description: `Writes the flow log of the network ${site.name}`,
            assumeRolePolicy: at.apply((location) =>
                policyDocument([trust(location, "vpc-flow-logs", arn(location, "ec2", "vpc-flow-log/*"))]),
            ),
            tags,
        },
        { parent },
    );
    const policy = new aws.iam.RolePolicy(
        logicalName("rolePolicy", name),
        { role: role.name, policy: logGroup.arn.apply((logGroupArn) => policyDocument(deliverFlowLogs(logGroupArn))) },
        { parent },
    );
    new aws.ec2.FlowLog(
        site.name,
        {
            vpcId: vpc.id,
            trafficType,
            logDestinationType: "cloud-watch-logs",
            logDestination: logGroup.arn,
            iamRoleArn: role.arn,
            tags: tagsOf(site, site.name),
        },
        { parent, dependsOn: [policy] },
    );
}

function deliverFlowLogs(logGroupArn: string): Statement[] {
    const find: Statement = {
        Sid: "FindLogs",
        Effect: "Allow",
        Action: ["logs:DescribeLogGroups", "logs:DescribeLogStreams"],
        Resource: [`${logGroupArn}:*`],
    };
    return [find, writeLogs(logGroupArn)];
}
