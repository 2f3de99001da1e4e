import {
    type ActionExecutionDetail,
    type CodePipelineClient,
    type CodePipelineClientConfig,
    paginateListActionExecutions,
} from "@aws-sdk/client-codepipeline";
import { messageOf } from "../errors";
import { type Approval, unknownApprover } from "./approval";
import { awsClient } from "./clients";

/** How long the build waits for the answer. */
const patienceMilliseconds = 3000;

/** No answer; a network without internet access may have no route to the service. */
const unreachable =
    /^(TimeoutError|AbortError|CredentialsProviderError)$|^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH)$/;

/** An execution of a pipeline. */
export interface Execution {
    pipelineName: string;
    executionId: string;
}

/** Asks CodePipeline who approved; if there is no answer, the approver is unknown, with the reason. */
export async function askPipeline(execution: Execution, config: CodePipelineClientConfig = {}): Promise<Approval> {
    const client = awsClient("codePipeline", config);
    const patience = AbortSignal.timeout(patienceMilliseconds);
    try {
        // The SDK ignores the abort signal while it looks for credentials.
        return await Promise.race([lastApproval(client, execution, patience), ended(patience)]);
    } catch (error) {
        return { approver: unknownApprover, reason: reasonOf(error) };
    } finally {
        client.destroy();
    }
}

/** A retried stage is approved again: the last approval counts. */
async function lastApproval(
    client: CodePipelineClient,
    { pipelineName, executionId }: Execution,
    abortSignal: AbortSignal,
): Promise<Approval> {
    const approvals: ActionExecutionDetail[] = [];
    const filter = { pipelineExecutionId: executionId };
    const pages = paginateListActionExecutions({ client }, { pipelineName, filter }, { abortSignal });
    for await (const { actionExecutionDetails: actions = [] } of pages) {
        approvals.push(
            ...actions.filter(
                ({ input, status }) => input?.actionTypeId?.category === "Approval" && status === "Succeeded",
            ),
        );
    }
    const [last] = approvals.sort((one, other) => timeOf(other) - timeOf(one));
    if (last?.updatedBy === undefined) {
        const reason = last
            ? "CodePipeline reports the approval, but not the approver"
            : "CodePipeline reports no approval for this execution";
        return { approver: unknownApprover, reason };
    }
    return {
        approver: last.updatedBy,
        approvedAt: last.lastUpdateTime?.toISOString(),
        comment: last.output?.executionResult?.externalExecutionSummary || undefined,
    };
}

function timeOf({ lastUpdateTime }: ActionExecutionDetail): number {
    return lastUpdateTime?.getTime() ?? 0;
}

function ended(signal: AbortSignal): Promise<never> {
    return new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    });
}

function reasonOf(error: unknown): string {
    const { name = "", code = "" } = error as { name?: string; code?: string };
    return unreachable.test(name) || unreachable.test(code)
        ? `CodePipeline did not answer within ${patienceMilliseconds / 1000} s (${messageOf(error)}); a network without internet access needs the interface endpoint of codepipeline`
        : `CodePipeline rejected the request (${name}: ${messageOf(error)})`;
}
