import * as pulumi from "@pulumi/pulumi";
import { DbPipeline } from "../../components/dbPipeline";
import { type DbPipelineArgs } from "../../components/pipeline/args";
import type { BuildRef } from "../../components/references";
import type { Statement } from "../../components/shared/statements";
import { record, type Recorded, type RecordOptions, type Recording } from "../support/mocks";
import { statementsOf } from "../support/policies";

// Builds by their ids: the pipeline does not require a MigrationBuild.
export function build(action: string): BuildRef {
    return {
        projectName: pulumi.output(`orders-${action}`),
        projectArn: pulumi.output(`arn:aws:codebuild:eu-central-1:123456789012:project/orders-${action}`),
        roleName: pulumi.output(`orders-${action}-role`),
        toolchain: pulumi.output("/toolchains/toolchain-0123456789abcdef.zip"),
    };
}

export const connectionArn = "arn:aws:codeconnections:eu-central-1:123456789012:connection/1";
export const [plan, deploy, rollback] = [build("plan"), build("deploy"), build("rollback")];
export const [rollbackPlan, deployPlan] = [build("rollback-plan"), build("deploy-plan")];
export const github = { provider: "GitHub", repository: "acme/orders", connectionArn } as const;

export function recordPipeline(
    args: Partial<DbPipelineArgs> = {},
    options: RecordOptions = {},
): Promise<Recording<DbPipeline>> {
    return record(
        () =>
            new DbPipeline("orders", {
                source: github,
                builds: { plan, rollbackPlan, deployPlan, deploy, rollback },
                approval: {},
                ...args,
            }),
        options,
    );
}

export function pipeline(recording: Recording<unknown>): Recorded {
    return recording.one("aws:codepipeline/pipeline:Pipeline", "orders");
}

export function stageNames(recording: Recording<unknown>): string[] {
    return (pipeline(recording).inputs.stages as { name: string }[]).map(({ name }) => name);
}

export function policy(recording: Recording<unknown>, name: string): Statement[] {
    const { inputs } = recording.one("aws:iam/rolePolicy:RolePolicy", name);
    return statementsOf(inputs.policy);
}

/** A statement's actions and resources, by its id. */
export function granted(recording: Recording<unknown>, name: string): Record<string, string[]> {
    const statements = policy(recording, name);
    return Object.fromEntries(statements.map(({ Sid, Resource }) => [Sid, Resource ?? []]));
}
