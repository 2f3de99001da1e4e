import * as assert from "node:assert/strict";
import type { Fingerprint } from "../../scripts/delivery/engines/fingerprint";
import { postgresql } from "../../scripts/delivery/engines/postgresql";
import { readDrift } from "../../scripts/delivery/safety/drift/read";
import type { Drift } from "../../scripts/delivery/safety/drift/model";
import { beforeEachCopy, createTable, type Delivery, type Project } from "../support/delivery";
import { liquibase } from "../../scripts/delivery/tools/liquibase";

describe("drift", function () {
    this.timeout(240_000);
    let delivery: Delivery;
    /** A copy of a database to which one release has been deployed: most tests begin there. */
    let project: Project;
    const [orders, customers] = [createTable("orders"), createTable("customers")];
    beforeEachCopy(
        async (original, started) => {
            delivery = started;
            original.changelog(orders, customers);
            await original.buildEnding(0, "deploy");
        },
        (copy) => {
            project = copy;
        },
    );

    const run = (action: string, expected = 0, environment?: Record<string, string>) =>
        project.buildEnding(expected, action, { environment });

    /** What the scheduled build has: no pipeline, no source of its own. */
    const alone = {
        PIPELINE_EXECUTION_ID: "",
        SOURCE_REVISION: "",
        ROLLBACK_TO: "",
        MIGRATIONS_DIRECTORY: "",
    };
    const look = (expected = 0, environment?: Record<string, string>) =>
        run("drift", expected, { ...alone, ...environment });
    const found = () => JSON.parse(project.artifact("drift.json")) as Drift;

    /** Without the records of what deployments found. */
    const recorded = async () => (await records()).filter(({ action }) => action !== "before");
    const records = () =>
        project.query<{ release_id: string; action: string; whole: boolean; same: boolean; plan_digest: string }>(
            `SELECT release_id, action, plan_digest, catalog IS NOT NULL AS whole, catalog->>'digest' = catalog_digest AS same
               FROM aurora_pipeline_deployments ORDER BY recorded_at`,
        );

    it("is unknown before the first deployment, and no plan creates the table that would tell", async () => {
        project = await delivery.project();
        project.changelog(orders);
        assert.match(await run("plan"), /Drift unknown: no deployment has recorded this database's catalog yet/);
        assert.equal(project.plan().drift?.result, "Unknown");
        assert.match(project.exports(), /^DRIFTED_OBJECTS=unknown$/m);
        assert.deepEqual(await project.query("SELECT to_regclass('aurora_pipeline_deployments') AS there"), [
            { there: null },
        ]);
    });

    it("is none after a deployment, which records the catalog that it leaves", async () => {
        const { digest, fingerprints } = project.deployment();
        assert.deepEqual(await recorded(), [
            { release_id: project.releaseId, action: "deploy", plan_digest: digest, whole: true, same: true },
        ]);
        await run("plan");
        const plan = project.plan();
        // The table itself counts for nothing.
        assert.equal(plan.catalog, fingerprints.after);
        assert.equal(plan.drift?.result, "None");
        assert.equal(plan.drift?.since?.releaseId, project.releaseId);
        assert.match(project.exports(), /^DRIFTED_OBJECTS=0$/m);
    });

    it("is unknown, and neither plan nor deployment fails, where somebody wrote a record of any form", async () => {
        const records: [at: string, catalog: string, reason: RegExp][] = [
            ["'infinity'", "'{}'", /release "planted", infinity\) has a date that no deployment can have written/],
            ["clock_timestamp() + interval '1 hour'", "'{}'", /has a date that no deployment can have written/],
            ["clock_timestamp()", "'null'", /is not a catalog written by this program \(as a whole: expected Object\)/],
            ["clock_timestamp()", "'[]'", /is not a catalog written by this program/],
            [
                "clock_timestamp()",
                `'{"format": 1, "server": 170000, "digest": "x", "entries": [{"kind": 1}]}'`,
                /entries\.0\.kind/,
            ],
            ["clock_timestamp()", `'{"format": 1, "server": "x", "digest": null}'`, /server: expected number/],
        ];
        for (const [at, catalog, reason] of records) {
            await project.query(
                `INSERT INTO aurora_pipeline_deployments VALUES (${at}, 'planted', 'deploy', '', '', ${catalog})`,
            );
            assert.match(await look(), reason);
            assert.equal(found().result, "Unknown");
            await project.query("DELETE FROM aurora_pipeline_deployments WHERE release_id = 'planted'");
        }
        await project.query("INSERT INTO aurora_pipeline_deployments VALUES ('infinity', 'x', '', '', '', '{}')");
        assert.match(await run("plan"), /has a date that no deployment can have written/);
        assert.equal(project.plan().drift?.result, "Unknown");
        // The next deployment records what holds, whatever is dated after it.
        project.nextExecution();
        project.changelog(orders, customers, createTable("parts"));
        assert.match(await run("deploy"), /has a date that no deployment can have written/);
        assert.match(await look(), /No drift: the catalog is unchanged since release-/);
    });

    it("names each object that somebody added, removed or changed by hand", async () => {
        await project.query(
            `CREATE INDEX by_hand ON orders (note); ALTER TABLE orders ALTER COLUMN note TYPE varchar(20);
             DROP TABLE customers; INSERT INTO orders VALUES (1, 'a row is no drift')`,
        );
        const output = await run("plan");
        assert.match(output, /\+ index public\.by_hand: CREATE INDEX by_hand/);
        assert.match(output, /- table public\.customers/);
        assert.match(output, /~ column public\.orders\.note\n {6}was: text\n {6}now: character varying\(20\)/);
        const { drift, objections } = project.plan();
        assert.equal(drift?.result, "Found");
        assert.deepEqual(objections, []);
        assert.match(project.exports(), new RegExp(`^DRIFTED_OBJECTS=${drift?.differences.length}$`, "m"));
        assert.match(project.artifact("plan.md"), /\*\*Drift: \d+ objects changed by hand since `release-/);
        assert.match(project.artifact("plan.html"), /Changes made by hand/);
        assert.match(project.report(), /<testsuite name="drift" tests="1" failures="0" errors="0" skipped="1"/);
    });

    it("stops the plan where the environment says so", async () => {
        await project.query("CREATE INDEX by_hand ON orders (note)");
        project.write({ "lint.yaml": "drift: error\n" });
        assert.match(await run("plan", 1), /This plan must not run[\s\S]*- the database was changed by hand/);
        assert.match(project.report(), /<testsuite name="drift" tests="1" failures="1"/);
        assert.match(project.artifact("plan.html"), /This must not run/);
    });

    it("is over with the next deployment, whose approver has seen it", async () => {
        await project.query("CREATE INDEX by_hand ON orders (note)");
        project.changelog(orders, customers, createTable("parts"));
        project.nextExecution();
        await run("deploy");
        await look();
        assert.equal(found().result, "None");
    });

    it("is measured from the deployment before one that failed", async () => {
        const first = project.releaseId;
        project.nextExecution();
        project.changelog(orders, customers, "--changeset me:broken\nSELECT nothing;");
        await run("deploy", 1);
        await look();
        const { result, since } = found();
        assert.deepEqual([result, since?.releaseId], ["None", first]);
    });

    describe("after a second deployment", () => {
        let deployed: Project;
        let release: string;
        /** The catalog as it was before it. */
        let before: Fingerprint;
        const context = () => ({
            settings: { releaseId: "look", database: project.connection() },
            engine: postgresql,
            tracking: liquibase.tracking,
        });
        beforeEach(async () => {
            project = await delivery.copy((deployed ??= await deploySecond()));
        });

        async function deploySecond(): Promise<Project> {
            await project.query(
                `INSERT INTO aurora_pipeline_deployments
                 SELECT recorded_at - n * interval '1 day', 'release-' || n, action, plan_digest, catalog_digest, catalog
                   FROM aurora_pipeline_deployments, generate_series(1, 20) n WHERE action = 'deploy'`,
            );
            const { settings, engine, tracking } = context();
            before = await engine.withDatabase(settings, tracking, (database) => database.fingerprint());
            release = project.nextExecution();
            project.changelog(orders, customers, createTable("parts"));
            await run("deploy");
            return project;
        }

        it("is none of a deployment that ended while the plan was being made", async () => {
            // What the plan read before that deployment ended is not what it left: a second look tells.
            assert.equal((await readDrift(context(), before)).result, "None");
            await project.query("CREATE INDEX by_hand ON orders (note)");
            const { result, differences } = await readDrift(context(), before);
            assert.equal(result, "Found");
            assert.deepEqual(
                differences.map(({ name }) => name),
                ["public.by_hand"],
            );
        });

        it("is none after a rollback, which records what it leaves", async () => {
            project.nextExecution();
            await run("rollback", 0, { ROLLBACK_TO: release });
            await look();
            assert.equal(found().result, "None");
            assert.deepEqual((await recorded()).map(({ action }) => action).slice(-3), [
                "deploy",
                "deploy",
                "rollback",
            ]);
        });

        it("has the newest catalogs whole, and of older ones the digest", async () => {
            const rows = await records();
            assert.equal(rows.length, 24);
            assert.equal(rows.filter(({ whole }) => whole).length, 10);
            // What the second deployment found is what the first one left.
            assert.deepEqual(
                rows.slice(-11).flatMap(({ whole, action }) => (whole ? [] : [action])),
                ["before"],
            );
        });
    });

    it("is shown to a planner that may only read, and says what to grant to one that may not", async () => {
        const reader = { DB_USERNAME: `reader_${project.database}`, DB_PASSWORD: "reads-only" };
        await project.query(
            `CREATE ROLE ${reader.DB_USERNAME} LOGIN PASSWORD '${reader.DB_PASSWORD}';
             GRANT SELECT ON databasechangelog, databasechangeloglock TO ${reader.DB_USERNAME}`,
        );
        await run("plan", 0, reader);
        assert.match(
            project.plan().drift?.reason ?? "",
            /^permission denied for table aurora_pipeline_deployments; grant reader_\w+ SELECT on it$/,
        );
        await project.query(`GRANT SELECT ON aurora_pipeline_deployments TO ${reader.DB_USERNAME}`);
        await look(0, reader);
        // The two grants were made by hand, but on tables that no fingerprint counts.
        assert.equal(found().result, "None");
    });

    describe("on a schedule", () => {
        it("finds nothing where nothing was deployed or changed", async () => {
            const deployed = project;
            project = await delivery.project();
            assert.match(await look(), /^Drift unknown: no deployment has recorded/);
            project = deployed;
            assert.match(await look(), /^No drift: the catalog is unchanged since release-\S+\.$/m);
            assert.equal(found().result, "None");
        });

        it("fails, and names what somebody changed", async () => {
            await project.query("DROP TABLE orders");
            const output = await look(1);
            assert.match(output, /- table public\.orders/);
            assert.match(output, /Someone changed dev by hand/);
            assert.equal(found().result, "Found");
            assert.match(
                project.report(),
                /<testcase classname="database" name="drift"[^>]*><failure message="Drift: /,
            );
        });

        it("does not mistake a running deployment for a manual change", async () => {
            await project.query("CREATE TABLE half_done (); UPDATE databasechangeloglock SET locked = true");
            assert.match(await look(), /Drift unknown: a deployment is running or was interrupted/);
        });

        it("says all that it lacks", async () => {
            const output = await project.buildEnding(2, "drift", {
                environment: { ...alone, DB_HOST: undefined, DB_PASSWORD: undefined },
            });
            assert.match(output, /environment variables missing: DB_HOST, DB_PASSWORD; the pipeline/);
        });
    });
});
