import * as assert from "node:assert/strict";
import { Delivery, type Project } from "../support/delivery";

/** A pipeline without a stage Plan: nobody has looked at the changesets before the deployment does. */
describe("a deployment without a plan", () => {
    let delivery: Delivery;
    before(async () => {
        delivery = await Delivery.start();
    });
    after(() => delivery?.dispose());

    const orders =
        "--changeset me:orders\nCREATE TABLE orders (id bigint PRIMARY KEY, state text);\n--rollback DROP TABLE orders;";
    const inTransaction =
        "--changeset me:in-transaction\nCREATE INDEX CONCURRENTLY orders_state ON orders (state);\n--rollback DROP INDEX orders_state;";
    const blocking =
        "--changeset me:blocking\nCREATE INDEX orders_state ON orders (state);\n--rollback DROP INDEX orders_state;";

    async function refused(project: Project, environment: Record<string, string> = {}): Promise<string> {
        const { code, output } = await project.build("deploy", { environment });
        assert.equal(code, 2, output);
        assert.match(output, /Nothing was deployed: the linter has 1 error \(see its findings\)/);
        assert.match(project.report(), /<testsuite name="lint" tests="\d+" failures="1"/);
        assert.throws(() => project.deployment(), { code: "ENOENT" });
        return output;
    }

    it("lints what is pending before it writes anything to a new database", async () => {
        const project = await delivery.project();
        project.changelog(orders, inTransaction);
        const output = await refused(project);
        assert.match(output, /changelog\.sql:\d+: error \S+ in changelog\.sql::in-transaction::me/);
        assert.deepEqual(await project.query("SELECT FROM pg_tables WHERE schemaname = 'public'"), []);
    });

    it("changes nothing in a used one either, leaves the lock free, and lints only what is pending", async () => {
        const project = await delivery.project();
        project.changelog(orders);
        assert.equal((await project.build("deploy")).code, 0);
        project.nextExecution();
        project.changelog(orders, inTransaction);
        const before = await project.history();
        const output = await refused(project);
        assert.match(output, /Lint of 1 changeset: 1 error/);
        assert.deepEqual(await project.history(), before);
        assert.deepEqual(await project.query("SELECT FROM databasechangeloglock WHERE locked"), []);
    });

    it("takes the environment's levels: what dev warns of stops prod", async () => {
        const project = await delivery.project();
        project.changelog(orders);
        assert.equal((await project.build("deploy")).code, 0);
        project.nextExecution();
        project.changelog(orders, blocking);
        const output = await refused(project, { ENVIRONMENT_NAME: "prod" });
        assert.match(output, /error require-concurrent-index-creation in changelog\.sql::blocking::me/);
        const { code, output: warned } = await project.build("deploy");
        assert.equal(code, 0, warned);
        assert.match(warned, /warning require-concurrent-index-creation in changelog\.sql::blocking::me/);
    });

    it("takes a waiver with a reason", async () => {
        const project = await delivery.project();
        project.changelog(orders);
        assert.equal((await project.build("deploy", { environment: { ENVIRONMENT_NAME: "prod" } })).code, 0);
        project.nextExecution();
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
});
