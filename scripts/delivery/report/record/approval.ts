import type { Settings } from "../../settings";
import { aws } from "../../aws/calls";
import type { Approval } from "../../aws/approval";

/**
 * Asks AWS who approved this execution; undefined if no approval was required. It takes seconds at most and never
 * fails: an approved release must not be delayed by its own record.
 */
export async function approvalOf({
    record,
    executionId,
}: Pick<Settings, "record" | "executionId">): Promise<Approval | undefined> {
    return record?.approvalPipeline === undefined
        ? undefined
        : aws.pipeline().askPipeline({ pipelineName: record.approvalPipeline, executionId });
}
