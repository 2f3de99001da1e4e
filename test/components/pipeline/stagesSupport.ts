import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { type PipelineShape, pipelineStages, plansAgain } from "../../../components/pipeline/stages";

// The stages of plain values are plain values: what the tests read, without Pulumi's wrappings.
export interface Stage {
    name: string;
    beforeEntry?: { condition: { result: string; rules: Rule[] } };
    actions: Action[];
}
export interface Rule {
    name: string;
    ruleTypeId: object;
    configuration: Record<string, string>;
}
export interface Action {
    name: string;
    namespace?: string;
    category: string;
    runOrder?: number;
    timeoutInMinutes?: number;
    inputArtifacts?: string[];
    outputArtifacts?: string[];
    configuration: Record<string, string>;
}

export const full: PipelineShape = {
    source: { provider: "GitHub", repository: "acme/orders" },
    connectionArn: "arn:aws:codeconnections:eu-central-1:123456789012:connection/1",
    toolchain: { bucket: "artifacts", key: "toolchain/toolchain-1.zip" },
    projects: {
        bootstrap: "orders-bootstrap",
        plan: "orders-plan",
        rollbackPlan: "orders-rollback-plan",
        deployPlan: "orders-deploy-plan",
        deploy: "orders-deploy",
        rollback: "orders-rollback",
    },
    approval: { topicArn: "arn:aws:sns:eu-central-1:123456789012:approval", timeoutMinutes: 60 },
    records: { bucket: "artifacts", pipelineName: "orders" },
};

export function stagesOf(shape: PipelineShape): Stage[] {
    return pipelineStages(shape) as Stage[];
}

export function stage(name: string, shape: PipelineShape = full): Stage {
    const found = stagesOf(shape).find((candidate) => candidate.name === name);
    assert.ok(found, `no stage ${name}`);
    return found;
}

/** A stage's conditions, as text. */
export function conditions({ beforeEntry }: Stage): string[] | undefined {
    return beforeEntry?.condition.rules.map(
        ({ configuration }) => `${configuration.Variable} ${configuration.Operator} ${configuration.Value}`,
    );
}

/** Names of a stage's actions, those of one number side by side. */
export function order({ actions }: Stage): string[] {
    const numbers = [...new Set(actions.map(({ runOrder = 1 }) => runOrder))].sort((one, other) => one - other);
    return numbers.map((number) =>
        actions
            .filter(({ runOrder = 1 }) => runOrder === number)
            .map(({ name }) => name)
            .join(" beside "),
    );
}

/** The pipeline's way in one line. */
export function layout(shape: PipelineShape): string[] {
    return stagesOf(shape).map((each) => `${each.name}: ${order(each).join(", ")}`);
}

export function action(stageName: string, name: string, shape: PipelineShape = full): Action {
    const found = stage(stageName, shape).actions.find((candidate) => candidate.name === name);
    assert.ok(found, `no action ${name} in ${stageName}`);
    return found;
}

/** What a build gets beside the variables that every build gets. */
export function ownVariables(stageName: string, name: string, shape?: PipelineShape): Record<string, string> {
    const list = JSON.parse(action(stageName, name, shape).configuration.EnvironmentVariables!) as {
        name: string;
        value: string;
    }[];
    return Object.fromEntries(list.slice(3).map(({ name: variable, value }) => [variable, value]));
}

export const shapes: fc.Arbitrary<PipelineShape> = fc
    .record({
        provider: fc.constantFrom("GitHub" as const, "CodeCommit" as const, "S3" as const),
        bootstrap: fc.boolean(),
        plan: fc.boolean(),
        rehearse: fc.boolean(),
        approval: fc.boolean(),
        rollback: fc.boolean(),
    })
    .map(({ provider, bootstrap, plan, rehearse, approval, rollback }) => ({
        ...full,
        source: { provider, repository: "acme/orders", bucket: "changes", objectKey: "orders.zip" },
        projects: {
            deploy: "d",
            ...(bootstrap && { bootstrap: "b" }),
            ...(plan && { plan: "p" }),
            ...plansOf({ plan, rollback, approval, rehearse }),
            ...(plan && rehearse && { rehearse: "h" }),
            ...(rollback && { rollback: "r" }),
        },
        approval: approval ? full.approval : undefined,
    }));

/** The projects of the plans that such a pipeline makes again. */
export function plansOf(
    has: Parameters<typeof plansAgain>[0],
): Pick<PipelineShape["projects"], "rollbackPlan" | "deployPlan"> {
    const { rollbackPlan, deployPlan } = plansAgain(has);
    return { ...(rollbackPlan && { rollbackPlan: "rp" }), ...(deployPlan && { deployPlan: "dp" }) };
}
