import type { Settings } from "../input/settings";
import type * as pipeline from "./askPipeline";
import type { Approval } from "./model";

/**
 * Asks AWS who approved this execution; undefined where nobody had to. It takes seconds at most and never fails: a release
 * that was approved is not held up by what is only written down of it.
 */
export async function approvalOf({
    record,
    executionId,
}: Pick<Settings, "record" | "executionId">): Promise<Approval | undefined> {
    return record?.approvalPipeline === undefined
        ? undefined
        : load().askPipeline({ pipelineName: record.approvalPipeline, executionId });
}

function load(): typeof pipeline {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would be loaded with the program.
    return require("./askPipeline") as typeof pipeline;
}
