import assert from "node:assert/strict";
import { dashboardBody, type DashboardParts } from "../../../components/operations/dashboard";
import { nonEmpty } from "../../support/nonEmpty";

const parts: DashboardParts = {
    region: "eu-central-1",
    clusterIdentifier: "shop",
    engine: "aurora-postgresql",
    pipelineName: "orders",
    pipelineUrl: "https://console/orders",
    projectNames: { plan: "orders-plan", deploy: "orders-deploy" },
    alarmArns: ["arn:one"],
};
const widgets = (given: Partial<DashboardParts> = {}) => dashboardBody({ ...parts, ...given }).widgets;
const titled = (title: RegExp, given?: Partial<DashboardParts>) =>
    widgets(given).find(({ properties }) => title.test((properties.title as string | undefined) ?? ""));

describe("the dashboard", () => {
    it("covers CloudWatch's 24 columns without gap or overlap", () => {
        for (const given of [{}, { alarmArns: [] }]) {
            const taken = new Set<string>();
            for (const { x, y, width, height } of nonEmpty(widgets(given))) {
                for (let column = x; column < x + width; column++) {
                    for (let row = y; row < y + height; row++) {
                        assert.ok(!taken.has(`${column},${row}`), `overlap at ${column},${row}`);
                        taken.add(`${column},${row}`);
                    }
                }
            }
            const height = Math.max(...widgets(given).map((widget) => widget.y + widget.height));
            assert.equal(taken.size, 24 * height);
        }
    });

    it("shows the alarms, if there are any", () => {
        assert.deepEqual(titled(/^Alarms$/)?.properties.alarms, ["arn:one"]);
        assert.equal(titled(/^Alarms$/, { alarmArns: [] }), undefined);
    });

    it("marks deployments in the charts of the database", () => {
        const marked = widgets().filter(({ properties }) =>
            ((properties.metrics as unknown[][] | undefined) ?? []).some(
                ([namespace, metric, , project]) =>
                    namespace === "AWS/CodeBuild" && metric === "Builds" && project === "orders-deploy",
            ),
        );
        assert.equal(marked.length, 3);
        for (const { properties } of nonEmpty(marked)) {
            const metrics = properties.metrics as [string, string, string, string, { yAxis?: string }][];
            assert.deepEqual(metrics.at(-1)?.[4], { stat: "Sum", label: "deployments", yAxis: "right" });
        }
    });

    it("shows how long each build took", () => {
        assert.deepEqual(titled(/^Duration/)?.properties.metrics, [
            ["AWS/CodeBuild", "Duration", "ProjectName", "orders-plan", { stat: "Maximum", label: "plan" }],
            ["AWS/CodeBuild", "Duration", "ProjectName", "orders-deploy", { stat: "Maximum", label: "deploy" }],
        ]);
    });

    it("finds lock waits in the log that the engine writes them to", () => {
        const query = (engine: string) => titled(/^Lock waits/, { engine })?.properties.query as string;
        assert.match(
            query("aurora-postgresql"),
            /^SOURCE '\/aws\/rds\/cluster\/shop\/postgresql' \| .*still waiting for/,
        );
        assert.match(query("aurora-mysql"), /^SOURCE '\/aws\/rds\/cluster\/shop\/slowquery' \| .*Lock_time/);
    });

    it("finds the lines that the engines really write", () => {
        const pattern = (engine: string) =>
            new RegExp(
                /like \/(.*)\/ \| sort/.exec(titled(/^Lock waits/, { engine })?.properties.query as string)?.[1] ??
                    "no query",
            );
        const postgres = pattern("aurora-postgresql");
        assert.match(
            "LOG:  process 42 still waiting for AccessExclusiveLock on relation 16384 after 1000 ms",
            postgres,
        );
        assert.match("LOG:  process 42 acquired ShareLock on transaction 741 after 2304.1 ms", postgres);
        assert.match("ERROR:  deadlock detected", postgres);
        assert.doesNotMatch("LOG:  statement: CREATE TABLE blocks (id int)", postgres);
        const mysql = pattern("aurora-mysql");
        assert.match("# Query_time: 3.2  Lock_time: 2.100331 Rows_sent: 0", mysql);
        assert.match("# Query_time: 3.2  Lock_time: 0.900331 Rows_sent: 0", mysql);
        assert.doesNotMatch("# Query_time: 3.2  Lock_time: 0.000331 Rows_sent: 0", mysql);
    });
});
