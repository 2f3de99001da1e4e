import * as assert from "node:assert/strict";
import { type Project } from "../support/delivery";
import { as, beforeEachUsers, customers, denied, orders, type Users } from "../support/users";

/** The two builds of the stage Plan, which begin at the same time. */
describe("a plan beside the bootstrap of its execution", () => {
    let project: Project;
    let users: Users;
    beforeEachUsers((scene) => {
        ({ project, users } = scene);
        project.changelog(customers);
    });

    const execution = { PIPELINE_EXECUTION_ID: "execution-1" };
    const waiting = (seconds: number) => ({ ...execution, BOOTSTRAP_WAIT_SECONDS: String(seconds) });

    /** Starts the plan, and the bootstrap only when the plan waits; returns what both said. */
    async function both(bootstrap: () => Promise<string>, planEnds = 0): Promise<{ plan: string; bootstrap: string }> {
        let waits!: () => void;
        const waited = new Promise<void>((resolve) => (waits = resolve));
        const planning = project.build("plan", {
            environment: { ...as(users.planner), ...waiting(60) },
            onStart: (child) =>
                child.stdout!.on("data", (text: string) => /Waiting for the bootstrap/.test(text) && waits()),
        });
        await Promise.race([waited, planning]);
        assert.throws(() => project.plan(), { code: "ENOENT" }, "it planned without waiting");
        const said = await bootstrap();
        const { code, output } = await planning;
        assert.equal(code, planEnds, output);
        assert.match(
            output,
            planEnds === 0 ? /The bootstrap has ended after/ : /The bootstrap of this execution failed/,
        );
        return { plan: output, bootstrap: said };
    }

    it("waits at the first run for the user that it logs in as", async () => {
        const { plan } = await both(() => users.bootstrap(0, execution));
        assert.match(plan, /The bootstrap has ended after \d+\.\d s\./);
        assert.deepEqual(
            project.plan().changes.map(({ id }) => id),
            ["customers"],
        );
    });

    it("waits for the password that somebody has lost", async () => {
        await users.bootstrap();
        await project.query(`ALTER ROLE ${users.planner.name} PASSWORD 'another'`);
        const { bootstrap } = await both(() => users.bootstrap(0, execution));
        assert.match(bootstrap, /set the password of \S+_planner to that of its secret/);
    });

    it("reads the catalog after ownership is final, so that its plan stays valid", async () => {
        await users.bootstrap();
        await project.buildEnding(0, "deploy");
        project.changelog(customers, orders);
        project.nextExecution();
        // The administrator deployed: what that made is handed over by the bootstrap beside the plan.
        const { bootstrap } = await both(() => users.bootstrap(0, execution));
        assert.match(bootstrap, /transferred from \S+ to \S+_owner: .*customers/);
        assert.equal(project.plan().drift?.result, "None");
        const environment = { ...execution, CODEBUILD_SRC_DIR_DeployPlan: project.approve() };
        await users.run("deploy", users.migrator, 0, environment);
    });

    it("begins at once when the bootstrap has ended, also with those of other executions since", async () => {
        await users.bootstrap(0, execution);
        for (const other of ["execution-2", "execution-3"]) {
            await users.bootstrap(0, { PIPELINE_EXECUTION_ID: other });
        }
        const output = await users.run("plan", users.planner, 0, waiting(2));
        assert.doesNotMatch(output, /bootstrap/);
    });

    it("ends when the bootstrap fails, and is tried again with it", async () => {
        await users.bootstrap();
        const refused = { ...execution, BOOTSTRAP_OWNER: users.planner.name };
        const { plan } = await both(() => users.bootstrap(2, refused), 1);
        assert.match(plan, /^AP1220: The bootstrap of this execution failed, so nothing was planned\./m);
        assert.throws(() => project.plan(), { code: "ENOENT" });
        await users.bootstrap(0, execution);
        await users.run("plan", users.planner, 0, waiting(2));
    });

    it("waits only for the configured time, and says why it could not log in", async () => {
        const output = await users.run("plan", users.planner, 2, waiting(2));
        assert.match(
            output,
            /^AP1221: The bootstrap of this execution has not ended within 2 s, so nothing was planned\.$/m,
        );
        assert.match(output, /^(\| )?AP1201: No connection to app_\d+ .*password authentication failed/m);
        await users.bootstrap(0, { PIPELINE_EXECUTION_ID: "execution-2" });
        const another = await users.run("plan", users.planner, 2, waiting(2));
        assert.doesNotMatch(another, /No connection/);
    });

    it("does not wait for a server that is not there", async () => {
        const { code, output } = await project.build("plan", {
            environment: { ...as(users.planner), ...waiting(60), DB_PORT: "1" },
        });
        assert.equal(code, 2, output);
        assert.match(output, /ECONNREFUSED/);
    });

    it("trusts only a note that an administrator wrote", async () => {
        await users.bootstrap(0, execution);
        const [role] = await project.query<{ name: string }>(
            "SELECT 'aurora_pipeline_bootstrap_' || oid AS name FROM pg_database WHERE datname = current_database()",
        );
        for (const account of [users.migrator, users.planner]) {
            assert.equal(
                await users.refusal(
                    account,
                    `SET LOCAL transaction_read_only = off; COMMENT ON ROLE ${role!.name} IS 'forged'`,
                ),
                denied,
            );
        }
        // A foreign role that happens to have the name is left alone.
        await project.query(`COMMENT ON ROLE ${role!.name} IS 'mine'`);
        const output = await users.bootstrap(2, execution);
        assert.match(output, /The role aurora_pipeline_bootstrap_\d+ is not the pipeline's: it lacks the comment/);
    });
});
