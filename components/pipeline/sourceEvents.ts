import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Location } from "../shared/location";
import { fixedName, logicalName } from "../shared/names";
import { branchOf, eventPattern, SourceProvider, type SourceArgs } from "./source";
import { arn, policyDocument, startPipeline, trust } from "../shared/statements";

export interface SourceEventsArgs {
    at: pulumi.Output<Location>;
    source: SourceArgs;
    pipelineArn: pulumi.Output<string>;
    tags: Record<string, string> | undefined;
}

/** The EventBridge rule that starts the pipeline when CodeCommit or S3 has a new revision. */
export function sourceEvents(name: string, args: SourceEventsArgs, parent: pulumi.Resource): void {
    const ruleName = fixedName("eventRule", `${name}-source`);
    const role = new aws.iam.Role(
        logicalName("role", ruleName),
        {
            description: `Starts the pipeline ${name}`,
            // The rule's name is fixed, so that the trust policy can name the rule before it exists.
            assumeRolePolicy: args.at.apply((at) =>
                policyDocument([trust(at, "events", arn(at, "events", `rule/${ruleName}`))]),
            ),
            tags: args.tags,
        },
        { parent },
    );
    const policy = new aws.iam.RolePolicy(
        ruleName,
        {
            role: role.name,
            policy: args.pipelineArn.apply((pipelineArn) => policyDocument([startPipeline(pipelineArn)])),
        },
        { parent },
    );
    const rule = new aws.cloudwatch.EventRule(
        ruleName,
        {
            name: ruleName,
            description: `Changes for the pipeline ${name}`,
            eventPattern: patternOf(args),
            tags: args.tags,
        },
        { parent },
    );
    new aws.cloudwatch.EventTarget(
        ruleName,
        { rule: rule.name, arn: args.pipelineArn, roleArn: role.arn },
        { parent, dependsOn: [policy] },
    );
}

function patternOf({ at, source }: SourceEventsArgs): pulumi.Output<string> {
    if (source.provider === SourceProvider.S3) {
        return pulumi.output(source.bucket!).apply((bucket) => eventPattern({ bucket, objectKey: source.objectKey! }));
    }
    return at.apply((location) =>
        eventPattern({
            repositoryArn: arn(location, "codecommit", source.repository!),
            branch: branchOf(source),
        }),
    );
}
