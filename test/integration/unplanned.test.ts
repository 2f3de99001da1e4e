import * as assert from "node:assert/strict";
import { beforeEachCopy, type Delivery, type Project } from "../support/delivery";

/** A pipeline without a stage Plan: nobody has looked at the changesets before the deployment does. */
describe("a deployment without a plan", () => {
    let delivery: Delivery;
    let initial: Project;
    let project: Project;
    beforeEachCopy(
        async (original, started) => {
            [initial, delivery] = [original, started];
            initial.changelog(orders);
            await initial.buildEnding(0, "deploy");
            initial.nextExecution();
        },
        (copy) => {
            project = copy;
        },
    );

    const orders =
        "--changeset me:orders\nCREATE TABLE orders (id bigint PRIMARY KEY, state text);\n--rollback DROP TABLE orders;";
    const inTransaction =
        "--changeset me:in-transaction\nCREATE INDEX CONCURRENTLY orders_state ON orders (state);\n--rollback DROP INDEX orders_state;";
    const blocking =
        "--changeset me:blocking\nCREATE INDEX orders_state ON orders (state);\n--rollback DROP INDEX orders_state;";

    async function refused(environment: Record<string, string> = {}): Promise<string> {
        const { code, output } = await project.build("deploy", { environment });
        assert.equal(code, 2, output);
        assert.match(output, /Nothing was deployed: the linter has 1 error: changelog\.sql:\d+, [\w-]+: /);
        assert.match(project.report(), /<testsuite name="lint" tests="\d+" failures="1"/);
        assert.throws(() => project.deployment(), { code: "ENOENT" });
        return output;
    }

    it("lints what is pending before it writes anything to a new database", async () => {
        project = await delivery.project();
        project.changelog(orders, inTransaction);
        const output = await refused();
        assert.match(output, /changelog\.sql:\d+: error \S+ in changelog\.sql::in-transaction::me/);
        assert.deepEqual(await project.query("SELECT FROM pg_tables WHERE schemaname = 'public'"), []);
    });

    it("changes nothing in a used one either, leaves the lock free, and lints only what is pending", async () => {
        project.changelog(orders, inTransaction);
        const before = await project.history();
        const output = await refused();
        assert.match(output, /Lint of 1 changeset: 1 error/);
        assert.deepEqual(await project.history(), before);
        assert.deepEqual(await project.query("SELECT FROM databasechangeloglock WHERE locked"), []);
    });

    it("takes the environment's levels: what dev warns of stops prod", async () => {
        project.changelog(orders, blocking);
        const output = await refused({ ENVIRONMENT_NAME: "prod" });
        assert.match(output, /error require-concurrent-index-creation in changelog\.sql::blocking::me/);
        const { code, output: warned } = await project.build("deploy");
        assert.equal(code, 0, warned);
        assert.match(warned, /warning require-concurrent-index-creation in changelog\.sql::blocking::me/);
    });

    it("takes a waiver with a reason", async () => {
        const waived = blocking.replace(
            "\nCREATE",
            "\n--lint-waive require-concurrent-index-creation: the table is empty\nCREATE",
        );
        project.changelog(orders, waived);
        const { code, output } = await project.build("deploy", { environment: { ENVIRONMENT_NAME: "prod" } });
        assert.equal(code, 0, output);
        assert.deepEqual(
            project.deployment().changesets.map(({ id }) => id),
            ["blocking"],
        );
        assert.deepEqual(
            project.deployment().lowered.map(({ rule, to, reason }) => [rule, to, reason]),
            [["require-concurrent-index-creation", "waived", "the table is empty"]],
        );
    });

    describe("that is out of date", () => {
        let planned: Project;
        let deployed: Project;
        let output: string;
        let forecast: { CODEBUILD_SRC_DIR_Plan: string };
        before(async () => {
            planned = await delivery.copy(initial);
            planned.changelog(orders, parts);
            await planned.buildEnding(0, "plan");
            forecast = { CODEBUILD_SRC_DIR_Plan: planned.approve() };
            deployed = await delivery.copy(planned);
            output = await deployed.buildEnding(0, "deploy", { environment: forecast });
        });
        beforeEach(async () => {
            project = await delivery.copy(planned);
        });
        const parts = "--changeset me:parts\nCREATE TABLE parts (id bigint PRIMARY KEY);\n--rollback DROP TABLE parts;";

        it("is made again, and the record says so", async () => {
            const planned = project.plan().digest;
            await project.query("CREATE INDEX by_hand ON orders (state)");
            const output = await project.buildEnding(0, "deploy", { environment: forecast });
            assert.match(output, /^The database has changed since the stage Plan\. That plan was not approved/m);
            assert.match(output, /\+ index public\.by_hand: CREATE INDEX/);
            assert.match(output, /^Lint of 1 changeset: /m);
            assert.match(output, /^Drift: 1 object changed by hand since release-/m);
            const { replaces, digest, changesets } = project.deployment();
            assert.equal(replaces, planned);
            assert.equal(digest, project.plan().digest);
            assert.notEqual(digest, planned);
            assert.deepEqual(
                changesets.map(({ id }) => id),
                ["parts"],
            );
        });

        it("runs as it is while nothing has changed, and is not judged twice", () => {
            assert.doesNotMatch(output, /made again|^Lint of/m);
            assert.equal(deployed.deployment().replaces, undefined);
        });

        it("stops what the stage Plan would have stopped", async () => {
            project.write({ "lint.yaml": "drift: error\n" });
            await project.query("CREATE INDEX by_hand ON orders (state)");
            const output = await project.buildEnding(2, "deploy", { environment: forecast });
            assert.match(output, /Nothing was deployed: the database was changed by hand/);
            assert.ok(!(await project.tables()).includes("parts"));
            assert.deepEqual(await project.query("SELECT FROM databasechangeloglock WHERE locked"), []);
        });

        it("is made again for a rollback as well", async () => {
            const tag = deployed.releaseId;
            project = await delivery.copy(deployed);
            project.nextExecution();
            const rollback = { ROLLBACK_TO: tag };
            await project.buildEnding(0, "plan", { environment: rollback });
            const environment = { ...rollback, CODEBUILD_SRC_DIR_Plan: project.approve() };
            await project.query("CREATE INDEX by_hand ON orders (state)");
            const output = await project.buildEnding(0, "rollback", { environment });
            assert.match(output, /That plan was not approved, so it is made again/);
            assert.notEqual(project.deployment().replaces, undefined);
            assert.ok(!(await project.tables()).includes("parts"));
        });

        it("is rejected with an approval: only a plan of the same stage is approved", async () => {
            const environment = { ...forecast, APPROVAL_PIPELINE: "orders" };
            const output = await project.buildEnding(2, "deploy", { environment });
            assert.match(output, /the input artifact Plan is a plan that was not approved/);
        });
    });
});
