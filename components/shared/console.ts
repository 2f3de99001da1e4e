import type { Location } from "./location";

/** Address of a pipeline in the AWS console. */
export function pipelineUrl(at: Location, pipelineName: string): string {
    return `${consoleIn(at)}/codesuite/codepipeline/pipelines/${pipelineName}/view?region=${at.region}`;
}

/** Address of a CloudWatch dashboard in the AWS console. */
export function dashboardUrl(at: Location, dashboardName: string): string {
    return `${consoleIn(at)}/cloudwatch/home?region=${at.region}#dashboards/dashboard/${dashboardName}`;
}

/** The console has its own domain in China and in GovCloud. */
function consoleIn({ partition, region }: Location): string {
    const domains: Record<string, string> = {
        "aws-cn": "console.amazonaws.cn",
        "aws-us-gov": "console.amazonaws-us-gov.com",
    };
    return `https://${region}.${domains[partition] ?? "console.aws.amazon.com"}`;
}
