import type { Provider } from "../../pipeline/model";
import type { AccessKeys } from "../accessKeys";
import { type Answer, type Call, serve, type Service } from "../http";
import type { Permissions } from "../permissions";
import type { ActionExecution, ActionExecutions } from "./executions";

/** A refusal of CodePipeline's; the codes are its own. */
class Refusal extends Error {
    constructor(
        readonly code: string,
        message: string,
    ) {
        super(message);
    }
}

/** The pipeline of a run. */
export interface ServedPipeline {
    name: string;
    arn: string;
    executions: ActionExecutions;
}

/** Serves what a build asks CodePipeline: what became of the actions of its execution, if its role may know. */
export function serveCodePipeline(
    pipeline: ServedPipeline,
    keys: AccessKeys,
    permissions: Permissions,
): Promise<Service> {
    const answer = (call: Call): Answer => {
        try {
            return json(200, listActionExecutions(call, pipeline, permissions));
        } catch (error) {
            if (!(error instanceof Refusal)) throw error;
            return refusal(error.code, error.message);
        }
    };
    return serve(keys, (call) => Promise.resolve(answer(call)), refusal);
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
        throw new Refusal("InvalidAction", `The local run does not do ${target}.`);
    }
    const { pipelineName, filter, maxResults = 100, nextToken } = JSON.parse(body) as ListActionExecutions;
    const action = "codepipeline:ListActionExecutions";
    if (!permissions.allow(caller.role, action, pipeline.arn)) {
        const what = `perform: ${action} on resource: ${pipeline.arn}`;
        throw new Refusal("AccessDeniedException", `User: ${caller.role} is not authorized to ${what}`);
    }
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
    CodeBuild: "Build",
    Manual: "Approval",
};

function describe(execution: ActionExecution): object {
    const { id, executionId, stage, action, status, startedAt, updatedAt, updatedBy, summary } = execution;
    const actionTypeId = {
        category: categories[action.provider],
        owner: "AWS",
        provider: action.provider,
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

function refusal(code: string, message: string): Answer {
    return json(400, { __type: code, message });
}

function json(status: number, content: object): Answer {
    return { status, type: "application/x-amz-json-1.1", body: JSON.stringify(content) };
}
