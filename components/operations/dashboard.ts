import { engines, type Engine } from "../shared/engines";

export interface DashboardParts {
    region: string;
    clusterIdentifier: string;
    engine: string;
    pipelineName: string;
    /** Address of the pipeline in the console. */
    pipelineUrl: string;
    /** Name of each CodeBuild project, by its purpose. */
    projectNames: Record<string, string>;
    alarmArns: string[];
}

interface Widget {
    type: string;
    x: number;
    y: number;
    width: number;
    height: number;
    properties: Record<string, unknown>;
}

const fullWidth = 24;

/** The body of a CloudWatch dashboard: what is wrong, the state of the database, and the effect of deliveries on it. */
export function dashboardBody(parts: DashboardParts): { widgets: Widget[] } {
    const rows: Pick<Widget, "type" | "height" | "properties">[][] = [
        [heading(parts)],
        ...(parts.alarmArns.length === 0 ? [] : [[alarmStatus(parts)]]),
        [capacity(parts), load(parts), connections(parts)],
        [memory(parts), lag(parts), deadlocks(parts)],
        [runs(parts), durations(parts)],
        [locks(parts)],
    ];
    let y = 0;
    const widgets = rows.flatMap((row) => {
        const width = fullWidth / row.length;
        const placed = row.map((widget, column) => ({ ...widget, x: column * width, y, width }));
        y += row[0]?.height ?? 0;
        return placed;
    });
    return { widgets };
}

type Line = (string | Record<string, unknown>)[];

function heading({ clusterIdentifier, pipelineName, pipelineUrl }: DashboardParts) {
    const markdown = `**${clusterIdentifier}** · deliveries: [${pipelineName}](${pipelineUrl})`;
    return { type: "text", height: 2, properties: { markdown } };
}

function alarmStatus({ alarmArns }: DashboardParts) {
    return { type: "alarm", height: 3, properties: { title: "Alarms", alarms: alarmArns } };
}

function capacity(parts: DashboardParts) {
    return chart(parts, "Capacity in ACU, with deployments", [
        ofCluster(parts, "ServerlessDatabaseCapacity", { stat: "Maximum", label: "ACU" }),
        deployments(parts),
    ]);
}

function load(parts: DashboardParts) {
    return chart(parts, "CPU usage in percent, with deployments", [
        ofCluster(parts, "CPUUtilization", { stat: "Average", label: "CPU" }),
        ofCluster(parts, "ACUUtilization", { stat: "Maximum", label: "of the maximum capacity" }),
        deployments(parts),
    ]);
}

function connections(parts: DashboardParts) {
    return chart(parts, "Connections, with deployments", [
        ofCluster(parts, "DatabaseConnections", { stat: "Maximum", label: "connections" }),
        deployments(parts),
    ]);
}

function memory(parts: DashboardParts) {
    return chart(parts, "Free memory in bytes", [
        ofCluster(parts, "FreeableMemory", { stat: "Minimum", label: "least" }),
    ]);
}

function lag(parts: DashboardParts) {
    return chart(parts, "Replica lag in milliseconds", [
        ofCluster(parts, "AuroraReplicaLagMaximum", { stat: "Maximum", label: "most" }),
    ]);
}

function deadlocks(parts: DashboardParts) {
    return chart(parts, "Deadlocks a second", [ofCluster(parts, "Deadlocks", { stat: "Average", label: "deadlocks" })]);
}

function runs(parts: DashboardParts) {
    const builds = Object.entries(parts.projectNames).flatMap(([build, project]): Line[] => [
        ofBuild(project, "SucceededBuilds", { stat: "Sum", label: `${build}: succeeded` }),
        ofBuild(project, "FailedBuilds", { stat: "Sum", label: `${build}: failed` }),
    ]);
    const failed = ["AWS/CodePipeline", "FailedPipelineExecutions", "PipelineName", parts.pipelineName];
    return chart(parts, "Deliveries", [...builds, [...failed, { stat: "Sum", label: "deliveries failed" }]]);
}

function durations(parts: DashboardParts) {
    const builds = Object.entries(parts.projectNames).map(([build, project]) =>
        ofBuild(project, "Duration", { stat: "Maximum", label: build }),
    );
    return chart(parts, "Duration of builds in seconds", builds);
}

/** Which sessions waited for a lock and for how long, from the engine's log. */
function locks({ region, clusterIdentifier, engine }: DashboardParts) {
    const { log, pattern } = engines[engine as Engine].lockWaits;
    const query = [
        `SOURCE '/aws/rds/cluster/${clusterIdentifier}/${log}'`,
        "fields @timestamp, @message",
        `filter @message like /${pattern}/`,
        "sort @timestamp desc",
        "limit 50",
    ].join(" | ");
    return { type: "log", height: 6, properties: { title: "Lock waits", region, query, view: "table" } };
}

function chart({ region }: DashboardParts, title: string, metrics: Line[]) {
    const properties = { title, region, metrics, view: "timeSeries", stacked: false, period: 300 };
    return { type: "metric", height: 6, properties };
}

function ofCluster({ clusterIdentifier }: DashboardParts, metric: string, options: object): Line {
    return ["AWS/RDS", metric, "DBClusterIdentifier", clusterIdentifier, { ...options }];
}

function ofBuild(project: string, metric: string, options: object): Line {
    return ["AWS/CodeBuild", metric, "ProjectName", project, { ...options }];
}

/** CloudWatch's annotations have fixed times: deployments are marked by a metric that has a value when one ran. */
function deployments({ projectNames }: DashboardParts): Line {
    return ofBuild(projectNames.deploy ?? "", "Builds", { stat: "Sum", label: "deployments", yAxis: "right" });
}
