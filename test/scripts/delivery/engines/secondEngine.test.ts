import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Outputs as Layout } from "../../../../components/contract";
import { drift } from "../../../../scripts/delivery/actions/drift";
import { SecretCredential } from "../../../../scripts/delivery/aws/credentials/secret";
import { fingerprintOf, MalformedRecord } from "../../../../scripts/delivery/engines/fingerprint";
import { planHtml } from "../../../../scripts/delivery/plan/html";
import { Outputs } from "../../../../scripts/delivery/report/outputs";
import type { Drift } from "../../../../scripts/delivery/safety/drift/model";
import type { LookSettings } from "../../../../scripts/delivery/settings";
import { liquibase } from "../../../../scripts/delivery/tools/liquibase";
import { calmPlan, calmRehearsal } from "../../../support/planPages";
import { type FakeDatabase, fakeEngine } from "./fakeEngine";

describe("a second engine", () => {
    let source: string;
    beforeEach(() => (source = fs.mkdtempSync(path.join(os.tmpdir(), "second-engine-"))));
    afterEach(() => fs.rmSync(source, { recursive: true, force: true }));

    const table = { kind: "table", name: "main.orders", definition: "" };
    const recorded = (server: number) => ({
        releaseId: "release-1",
        at: "2026-01-02T03:04:05.000Z",
        catalog: fingerprintOf([table], server),
    });

    /** Runs the action on the fake engine; returns what it logged and wrote. */
    async function run(state: FakeDatabase): Promise<{ error?: Error; lines: string[]; found?: Drift }> {
        const settings: LookSettings = {
            environmentName: "dev",
            releaseId: "aurora-pipeline-look",
            engine: "fake",
            tool: "Liquibase",
            database: {
                host: "nowhere",
                port: 1,
                name: "app",
                username: "planner",
                credential: new SecretCredential("s3cret", undefined, () => {}),
                caBundle: "",
                silenceSeconds: 45,
            },
            source,
        };
        const lines: string[] = [];
        const outputs = new Outputs(source, String);
        const failure = await drift(settings, fakeEngine(state), liquibase.tracking, outputs, (line) =>
            lines.push(line),
        ).catch((error: Error) => error);
        const file = path.join(source, Layout.artifactsDirectory, Layout.driftJson);
        return {
            lines,
            ...(failure && { error: failure }),
            ...(fs.existsSync(file) && { found: JSON.parse(fs.readFileSync(file, "utf8")) as Drift }),
        };
    }

    it("is checked for drift, and has none if nothing changed", async () => {
        const { error, lines } = await run({ catalog: fingerprintOf([table], 8), recorded: recorded(8) });
        assert.equal(error, undefined);
        assert.deepEqual(lines, ["No drift: the catalog is unchanged since release-1."]);
    });

    it("fails for manual changes, and names them", async () => {
        const column = { kind: "column", name: "main.orders.note", definition: "text" };
        const { error, lines, found } = await run({
            catalog: fingerprintOf([table, column], 8),
            recorded: recorded(8),
        });
        assert.match(error?.message ?? "", /Someone changed dev by hand/);
        assert.deepEqual(lines.slice(1), ["  + column main.orders.note: text"]);
        assert.deepEqual([found?.result, found?.differences.length], ["Found", 1]);
    });

    it("is named when its versions cannot be compared", async () => {
        const { lines } = await run({ catalog: fingerprintOf([table], 9), recorded: recorded(8) });
        assert.deepEqual(lines, ["Drift unknown: the fingerprints were taken from FakeSQL 8 and 9."]);
    });

    it("reports no drift during a deployment", async () => {
        const { lines } = await run({ catalog: fingerprintOf([], 8), recorded: recorded(8), locked: true });
        assert.match(lines[0] ?? "", /^Drift unknown: a deployment is running or was interrupted/);
    });

    it("reads its own errors: a record that it refuses is unknown drift, any other failure is one", async () => {
        const state = { catalog: fingerprintOf([table], 8) };
        const malformed = await run({ ...state, failure: new MalformedRecord("the last record is broken") });
        assert.deepEqual(malformed.lines, ["Drift unknown: the last record is broken."]);
        const denied = await run({ ...state, failure: Object.assign(new Error("no right"), { code: "denied" }) });
        assert.deepEqual(denied.lines, ["Drift unknown: no right; grant planner SELECT on it."]);
        const other = new Error("the disk is full");
        assert.equal((await run({ ...state, failure: other })).error, other);
    });

    it("gets a page without locks if a rehearsal cannot measure any", () => {
        const { capabilities } = fakeEngine({ catalog: fingerprintOf([]) });
        const page = planHtml(calmPlan, capabilities, liquibase, calmRehearsal);
        assert.doesNotMatch(page, /How long others would wait|Exclusive lock|ACCESS EXCLUSIVE/);
        assert.match(page, /<dt>Rollback<\/dt>/);
    });
});
