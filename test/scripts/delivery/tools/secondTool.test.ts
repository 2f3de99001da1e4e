import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { fingerprintOf } from "../../../../scripts/delivery/engines/fingerprint";
import { postgresql } from "../../../../scripts/delivery/engines/postgresql";
import { createTracking, insertLockRow, wantedTables } from "../../../../scripts/delivery/engines/postgresql/tracking";
import { readMigrations } from "../../../../scripts/delivery/input/migrations";
import { refuseUnapproved } from "../../../../scripts/delivery/plan/approval";
import { planHtml } from "../../../../scripts/delivery/plan/html";
import { planOf, readPending } from "../../../../scripts/delivery/plan/make";
import { planMarkdown } from "../../../../scripts/delivery/plan/markdown";
import type { MadePlan } from "../../../../scripts/delivery/plan/model";
import { trackingNames } from "../../../../scripts/delivery/tracking";
import { numbered, pending } from "./fakeTool";

describe("a second migration tool", () => {
    const settings: Parameters<typeof planOf>[0]["settings"] = {
        environmentName: "prod",
        releaseId: "release-1",
        sourceRevision: "abc",
    };
    const starting = { catalog: fingerprintOf([], 170000), history: [], schema: "public" };

    async function plan(...scripts: string[]): Promise<MadePlan> {
        const changes = await readPending({ settings, session: pending(...scripts) }, starting.history);
        return planOf({ settings, engine: postgresql, tool: numbered }, { ...changes, starting });
    }

    it("plans in its own words", async () => {
        const made = await plan("001.sql", "002.sql");
        assert.deepEqual(
            made.changes.map(({ id, sql, again }) => ({ id, sql, again })),
            [
                { id: "001.sql", sql: ["SELECT '001.sql';"], again: false },
                { id: "002.sql", sql: ["SELECT '002.sql';"], again: false },
            ],
        );
        const markdown = planMarkdown(made, numbered);
        assert.match(markdown, /the script 001\.sql starts a program/);
        const html = planHtml(made, postgresql.capabilities, numbered);
        for (const page of [markdown, html]) {
            assert.match(page, /SELECT '002\.sql'|SELECT &#39;002\.sql/);
            assert.doesNotMatch(page, /liquibase|changelog/i);
        }
    });

    it("is shown without columns for capabilities that it lacks", async () => {
        const markdown = planMarkdown(await plan("001.sql"), numbered);
        assert.match(markdown, /^\| {2}\| changeset \| what \|$/m);
        assert.doesNotMatch(markdown, /<summary>Rollback|can be undone/);
        assert.doesNotMatch(planHtml(await plan("001.sql"), postgresql.capabilities, numbered), /can(not)? be undone/);
        const blind = { ...numbered, capabilities: { ...numbered.capabilities, sqlPreview: false } };
        const made = await plan("001.sql");
        assert.match(planMarkdown(made, blind), /SELECT '001\.sql'/);
        const silent = { ...made, changes: made.changes.map((change) => ({ ...change, sql: [] })) };
        assert.match(planMarkdown(silent, blind), /Its SQL is not known before it runs\./);
    });

    it("limits a deployment to the approved plan", async () => {
        const directory = fs.mkdtempSync(path.join(os.tmpdir(), "second-tool-"));
        try {
            fs.writeFileSync(path.join(directory, "plan.json"), JSON.stringify(await plan("001.sql")));
            const makers = { engine: postgresql, tool: numbered };
            refuseUnapproved(await plan("001.sql"), directory, makers);
            const other = await plan("002.sql");
            assert.throws(
                () => refuseUnapproved(other, directory, makers),
                /Would run now, but not approved:\n {2}- 002/,
            );
        } finally {
            fs.rmSync(directory, { recursive: true });
        }
    });

    it("reads a migrations directory by itself", () => {
        const directory = fs.mkdtempSync(path.join(os.tmpdir(), "second-tool-"));
        try {
            fs.writeFileSync(path.join(directory, "001.sql"), "SELECT 1;");
            assert.deepEqual(readMigrations(directory, numbered).project.sources().changesets, []);
        } finally {
            fs.rmSync(directory, { recursive: true });
        }
    });

    it("records migrations in its own tables", () => {
        const { tracking } = numbered;
        assert.deepEqual(trackingNames(tracking), ["scripts_run", "scripts_lock", "aurora_pipeline_deployments"]);
        const [, lock] = wantedTables(tracking);
        assert.equal(
            createTracking(lock!, "app"),
            'CREATE TABLE IF NOT EXISTS "app"."scripts_lock" (one integer NOT NULL, taken boolean NOT NULL, since timestamp without time zone, holder character varying(200), CONSTRAINT scripts_lock_pkey PRIMARY KEY (one))',
        );
        assert.match(insertLockRow(tracking.lock, "app"), /INSERT INTO "app"\."scripts_lock" \(one, taken\)/);
    });
});
