import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { printed } from "../../scripts/cleanUp/print";
import { type Step, stepsFor } from "../../scripts/cleanUp/steps";
import { evaluate, readProjectName } from "../../scripts/local/evaluate";

const prod = { project: "aurora-pipeline", stack: "prod", region: "eu-west-1" };

const evaluated = new Map<string, Promise<Step[]>>();

/** Evaluated once for each stack and config. */
function stepsOf(stack: string, config: Record<string, string> = {}): Promise<Step[]> {
    const id = JSON.stringify([stack, config]);
    const steps = evaluated.get(id) ?? evaluateSteps(stack, config);
    evaluated.set(id, steps);
    return steps;
}

async function evaluateSteps(stack: string, config: Record<string, string>): Promise<Step[]> {
    const own = Object.entries(config).map(([key, value]) => [`aurora-pipeline:${key}`, value]);
    const { resources } = await evaluate(stack, { config: Object.fromEntries(own) as Record<string, string> });
    return stepsFor({ ...prod, stack }, resources);
}
const titles = (steps: Step[]) => steps.map(({ title }) => title);
const commandsOf = (steps: Step[], title: string) => {
    const found = steps.find((step) => step.title === title);
    assert.ok(found, `no step "${title}" among ${titles(steps).join(", ")}`);
    return found.commands.join("\n");
};

describe("npm run clean-up", () => {
    it("prints everything that outlives prod, in the order in which it can be deleted", async () => {
        const steps = await stepsOf("prod");
        assert.deepEqual(titles(steps), [
            "Save the state",
            "The protection",
            "Recovery points of the vault",
            "Objects in versioned buckets",
            "The stack itself",
            "Snapshots of the cluster",
            "Automated backups of the cluster",
            "Log groups that AWS recreates",
            "Enhanced Monitoring",
            "Secrets in their recovery window",
            "Keys that are pending deletion",
            "The saved state",
        ]);
        // What AWS would refuse to delete is emptied before; the rest is there only afterwards.
        const destroyed = steps.findIndex(({ title }) => title === "The stack itself");
        assert.ok(steps.every(({ when }, index) => (when === "before") === index <= destroyed));
    });

    it("fills in the names that the program sets", async () => {
        const steps = await stepsOf("prod");
        assert.match(commandsOf(steps, "Snapshots of the cluster"), /--db-cluster-identifier aurora-pipeline-prod \\/);
        assert.match(
            commandsOf(steps, "Automated backups of the cluster"),
            /--db-cluster-identifier aurora-pipeline-prod \\/,
        );
        const groups = commandsOf(steps, "Log groups that AWS recreates");
        for (const group of [
            "/aws/rds/cluster/aurora-pipeline-prod/postgresql",
            "/aws/codebuild/aurora-pipeline-prod-deploy",
            "/aws/lambda/aurora-pipeline-prod-aurora-pipeline-prod-rotation",
        ]) {
            assert.ok(groups.includes(`--log-group-name ${group}`), group);
        }
        assert.equal(commandsOf(steps, "The stack itself"), "pulumi destroy --stack prod");
    });

    it("reads generated names from the saved state", async () => {
        const steps = await stepsOf("prod");
        const [save] = steps;
        assert.deepEqual(save!.commands, ["pulumi stack export --stack prod --file aurora-pipeline-prod.json"]);
        const reading = steps.flatMap(({ commands }) => commands).filter((command) => command.includes("jq -r"));
        assert.equal(reading.length, 5);
        assert.ok(reading.every((command) => command.includes(" aurora-pipeline-prod.json")));
        assert.equal(steps.at(-1)!.commands.join(), "rm aurora-pipeline-prod.json");
    });

    it("omits what is deleted with dev: its buckets, backups and secrets", async () => {
        assert.deepEqual(
            titles(await stepsOf("dev")).filter((title) => !/^Keys/.test(title)),
            [
                "Save the state",
                "The stack itself",
                "Snapshots of the cluster",
                "Log groups that AWS recreates",
                "Enhanced Monitoring",
                "The saved state",
            ],
        );
    });

    it("includes optional resources only if the stack has them", async () => {
        const steps = await stepsOf("prod", {
            rehearsal: "true",
            proxySecretArns: '["arn:aws:secretsmanager:eu-central-1:123456789012:secret:api-AbCdEf"]',
            minCapacity: "0.5",
        });
        assert.match(commandsOf(steps, "Clones of rehearsals"), /'aurora-pipeline-prod-rehearsal-'/);
        assert.match(commandsOf(steps, "Log groups that AWS recreates"), /\/aws\/rds\/proxy\/aurora-pipeline-prod/);
    });

    it("is Bash from the first line to the last", async () => {
        for (const stack of ["dev", "prod"]) {
            const script = printed({ ...prod, stack }, await stepsOf(stack));
            const { status, stderr } = spawnSync("bash", ["-n"], { input: script, encoding: "utf8" });
            assert.equal(status, 0, stderr);
            for (const line of script.split("\n")) assert.ok(!line.startsWith("#") || line.length <= 120, line);
        }
    });

    it("names no clones if the stack has none", async () => {
        const whyOf = async (stack: string) =>
            (await stepsOf(stack)).find(({ title }) => title === "Snapshots of the cluster")!.why;
        assert.equal(
            await whyOf("prod"),
            "The final one, and those that deployments took (snapshotBeforeDeploy): the last copies of the data except the vault's.",
        );
        assert.equal(
            await whyOf("dev"),
            "Those that deployments took (snapshotBeforeDeploy): the last copies of the data.",
        );
    });

    it("knows the project by Pulumi.yaml", () => {
        assert.equal(readProjectName(), "aurora-pipeline");
    });
});
