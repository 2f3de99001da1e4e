import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "./location";
import { fixedName, logicalName } from "./names";
import { arn, policyDocument, startBuild, trust } from "./statements";

export interface ScheduleArgs {
    at: pulumi.Output<Location>;
    /** `rate(1 hour)`, `cron(0 5 * * ? *)`. */
    expression: string;
    tags: Record<string, string> | undefined;
}

/** Allows EventBridge to start a project on a schedule. */
export function startOnSchedule(
    name: string,
    project: aws.codebuild.Project,
    args: ScheduleArgs,
    parent: pulumi.Resource,
): void {
    const ruleName = fixedName("eventRule", `${name}-schedule`);
    const role = serviceRole(
        ruleName,
        { ...args, service: "events", resource: `rule/${ruleName}`, description: `Starts ${name}` },
        parent,
    );
    const policy = new aws.iam.RolePolicy(
        ruleName,
        { role: role.name, policy: project.arn.apply((projectArn) => policyDocument([startBuild(projectArn)])) },
        { parent },
    );
    const rule = new aws.cloudwatch.EventRule(
        ruleName,
        { name: ruleName, description: `Starts ${name}`, scheduleExpression: args.expression, tags: args.tags },
        { parent },
    );
    new aws.cloudwatch.EventTarget(
        ruleName,
        { rule: rule.name, arn: project.arn, roleArn: role.arn },
        { parent, dependsOn: [policy] },
    );
}

/** A role for one service on behalf of one resource, whose name is fixed so that the trust policy can name it. */
export function serviceRole(
    name: string,
    args: Omit<ScheduleArgs, "expression"> & {
        service: "codebuild" | "events";
        resource: string;
        description: string;
    },
    parent: pulumi.Resource,
): aws.iam.Role {
    const { at, service, resource, description, tags } = args;
    const assumeRolePolicy = at.apply((location) =>
        policyDocument([trust(location, service, arn(location, service, resource))]),
    );
    return new aws.iam.Role(logicalName("role", name), { description, assumeRolePolicy, tags }, { parent });
}
