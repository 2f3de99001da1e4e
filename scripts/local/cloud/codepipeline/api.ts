import type { Provider } from "../../pipeline/model";
import type { AccessKeys } from "../accessKeys";
import { type Call, jsonProtocol, Refusal, serve, type Service } from "../http";
import type { Permissions } from "../permissions";
import type { ActionExecution, ActionExecutions } from "./executions";

/** The pipeline of a run. */
export interface ServedPipeline {
    name: string;
    arn: string;
    executions: ActionExecutions;
}

/** Serves the state of an execution's actions to its builds, if their role may read it. */
export function serveCodePipeline(
    pipeline: ServedPipeline,
    keys: AccessKeys,
    permissions: Permissions,
): Promise<Service> {
    return serve(keys, jsonProtocol("message"), (call) =>
        JSON.stringify(listActionExecutions(call, pipeline, permissions)),
    );
}

interface ListActionExecutions {
    pipelineName: string;
    filter?: { pipelineExecutionId?: string };
    maxResults?: number;
    nextToken?: string;
}

function listActionExecutions({ headers, body, caller }: Call, pipeline: ServedPipeline, permissions: Permissions) {
    const target = String(headers["x-amz-target"]);
    if (target !== "CodePipeline_20150709.ListActionExecutions") {
        throw new Refusal("InvalidAction", `The local run does not support ${target}.`);
    }
    const { pipelineName, filter, maxResults = 100, nextToken } = JSON.parse(body) as ListActionExecutions;
    const code = "AccessDeniedException";
    permissions.demand(caller.role, "codepipeline:ListActionExecutions", pipeline.arn, { code });
    if (pipelineName !== pipeline.name) {
        throw new Refusal("PipelineNotFoundException", `The account does not have a pipeline named ${pipelineName}`);
    }
    const all = pipeline.executions.of(filter?.pipelineExecutionId);
    const from = Number(nextToken ?? 0);
    const until = from + maxResults;
    return {
        actionExecutionDetails: all.slice(from, until).map(describe),
        ...(until < all.length && { nextToken: String(until) }),
    };
}

const categories: Record<Provider, string> = {
    CodeStarSourceConnection: "Source",
    CodeCommit: "Source",
    S3: "Source",
    S3Deploy: "Deploy",
    CodeBuild: "Build",
    Manual: "Approval",
};

function describe(execution: ActionExecution): object {
    const { id, executionId, stage, action, status, startedAt, updatedAt, updatedBy, summary } = execution;
    const actionTypeId = {
        category: categories[action.provider],
        owner: "AWS",
        provider: action.provider === "S3Deploy" ? "S3" : action.provider,
        version: "1",
    };
    return {
        pipelineExecutionId: executionId,
        actionExecutionId: id,
        pipelineVersion: 1,
        stageName: stage,
        actionName: action.name,
        startTime: startedAt.getTime() / 1000,
        lastUpdateTime: updatedAt.getTime() / 1000,
        ...(updatedBy && { updatedBy }),
        status,
        input: { actionTypeId, configuration: action.configuration },
        output: summary === undefined ? {} : { executionResult: { externalExecutionSummary: summary } },
    };
}
