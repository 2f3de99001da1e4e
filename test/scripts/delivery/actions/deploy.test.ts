import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Outputs as Layout, Toolchain } from "../../../../components/contract";
import { options } from "../../../../components/options";
import { deploy } from "../../../../scripts/delivery/actions/deploy";
import { SecretCredential } from "../../../../scripts/delivery/aws/credentials/secret";
import type { Database } from "../../../../scripts/delivery/engines/database";
import type { Engine } from "../../../../scripts/delivery/engines/engine";
import { fingerprintOf } from "../../../../scripts/delivery/engines/fingerprint";
import type { LockSession } from "../../../../scripts/delivery/engines/session";
import { CodedError, ExitCodes } from "../../../../scripts/delivery/errors";
import type { HistoryRow } from "../../../../scripts/delivery/history";
import { readMigrations } from "../../../../scripts/delivery/input/migrations";
import type { Deployment } from "../../../../scripts/delivery/report/deployment";
import { Outputs } from "../../../../scripts/delivery/report/outputs";
import type { Settings } from "../../../../scripts/delivery/settings";
import type { ChangesetEvent, CommandResult } from "../../../../scripts/delivery/tools/events";
import type { MigrationSession } from "../../../../scripts/delivery/tools/tool";
import { type FakeDatabase, fakeEngine } from "../engines/fakeEngine";
import { numbered } from "../tools/fakeTool";

/** A database, a lock and a tool without any server or process. `calls` lists what the action asks of them, in order. */
class Fakes {
    readonly calls: string[] = [];
    readonly history: HistoryRow[] = [];
    private isHeld = false;

    constructor(
        /** Script that fails. */
        private readonly failing: string | undefined,
        /** What the rollback does instead of undoing everything. */
        private readonly undo: "whole" | "fails" | "throws" = "whole",
    ) {}

    engine(): Engine {
        const state: FakeDatabase = { catalog: fingerprintOf([], 8) };
        const engine = fakeEngine(state);
        const withHistory = (database: Database): Database => ({
            ...database,
            history: () => Promise.resolve([...this.history]),
        });
        return {
            ...engine,
            withDatabase: (settings, tracking, work) =>
                engine.withDatabase(settings, tracking, (database) => work(withHistory(database))),
            openSession: (settings, tracking) => {
                this.calls.push("open");
                return engine.withDatabase(settings, tracking, (database) =>
                    Promise.resolve(this.lockSession(withHistory(database))),
                );
            },
        };
    }

    private lockSession(database: Database): LockSession {
        const nothing = () => Promise.resolve();
        const isHeld = () => this.isHeld;
        return {
            lock: {
                dead: undefined,
                get isHeld() {
                    return isHeld();
                },
                takeIfThere: () => Promise.resolve(this.say("lock")).then(() => void (this.isHeld = true)),
                take: nothing,
                confirm: () => Promise.resolve(this.say("confirm")),
                alone: () => Promise.resolve(true),
                release: () => Promise.resolve(this.say("release")).then(() => void (this.isHeld = false)),
            },
            leftovers: {
                note: nothing,
                finishUndo: () => Promise.resolve(undefined),
                clear: () => Promise.resolve([]),
                watch: () =>
                    Promise.resolve({
                        begin: nothing,
                        follow: () => undefined,
                        end: () => Promise.resolve(),
                        drop: () => Promise.resolve([]),
                    }),
                clears: () => Promise.resolve(true),
            },
            back: nothing,
            steadily: (_patience, work) => work(),
            look: (work) => work(database),
            fingerprint: () => database.fingerprint(),
            restore: () => Promise.resolve({ restored: [], lacking: [] }),
            historyOf: () => Promise.resolve([]),
            restoreHistory: nothing,
            recordCatalog: ({ action }) =>
                Promise.resolve(this.say(action === "before" ? "record what is there" : "record the catalog")),
            close: () => Promise.resolve(this.say("close")),
        };
    }

    session(scripts: string[]): MigrationSession {
        const notAsked = () => Promise.reject(new Error("A deployment does not ask for this."));
        const name = (id: string) => ({ id, author: "ana", file: id, runInTransaction: true });
        const planned = (id: string) => ({ sql: [`DO ${id};`], undo: [`UNDO ${id};`] });
        return {
            lockOwner: "owner",
            previewUpdate: () =>
                Promise.resolve({
                    events: scripts.map((id) => ({ ...name(id), ...planned(id), event: "ran", outcome: "Applied" })),
                    code: [],
                }),
            adopt: () => undefined,
            previewRollback: notAsked,
            update: (onEvent) => {
                this.say("update");
                return Promise.resolve(this.run(scripts, onEvent, name));
            },
            rollback: (tag, onEvent) => {
                this.say(`rollback to ${tag}`);
                if (this.undo === "throws") return Promise.reject(new Error("the tool has died"));
                return Promise.resolve(this.undoAll(onEvent, name));
            },
            rehearseUpdate: notAsked,
            rehearseRollback: notAsked,
            answer: () => undefined,
            mark: (tag) => {
                this.say(`tag ${tag}`);
                this.history.push(this.row(tag, { tag, internal: true }));
                return Promise.resolve();
            },
            abort: () => undefined,
            close: () => Promise.resolve(),
        };
    }

    private run(scripts: string[], onEvent: (event: ChangesetEvent) => void, name: Named): CommandResult {
        const events: ChangesetEvent[] = [];
        const say = (event: ChangesetEvent) => void (events.push(event), onEvent(event));
        for (const id of scripts) {
            say({ ...name(id), event: "willRun" });
            if (id === this.failing) {
                say({ ...name(id), event: "runFailed", message: "there is no table orders" });
                return { exitCode: 1, events, messages: [`${id}: there is no table orders`] };
            }
            this.history.push(this.row(id));
            say({ ...name(id), event: "ran", outcome: "Applied", milliseconds: 20 });
        }
        return { exitCode: 0, events, messages: [] };
    }

    private undoAll(onEvent: (event: ChangesetEvent) => void, name: Named): CommandResult {
        if (this.undo === "fails") return { exitCode: 1, events: [], messages: ["the rollback is wrong"] };
        const undone = this.history.filter(({ internal }) => !internal).reverse();
        this.history.splice(0, this.history.length, ...this.history.filter(({ internal }) => internal));
        const events = undone.map(({ id }): ChangesetEvent => ({ ...name(id), event: "rolledBack" }));
        events.forEach(onEvent);
        return { exitCode: 0, events, messages: [] };
    }

    private row(id: string, more: Partial<HistoryRow> = {}): HistoryRow {
        const order = this.history.length + 1;
        return { id, author: "ana", file: id, order, outcome: "done", tag: null, internal: false, ...more };
    }

    private say(call: string): void {
        this.calls.push(call);
    }
}

type Named = (id: string) => Pick<ChangesetEvent, "id" | "author" | "file" | "runInTransaction">;

describe("a deployment, on a fake engine by a fake tool", () => {
    let source: string;
    beforeEach(() => (source = fs.mkdtempSync(path.join(os.tmpdir(), "deploy-"))));
    afterEach(() => fs.rmSync(source, { recursive: true, force: true }));

    async function run(
        fakes: Fakes,
    ): Promise<{ failure?: CodedError; record: Deployment; report: string; log: string[] }> {
        const migrations = path.join(source, "migrations");
        fs.mkdirSync(migrations);
        // The fake engine's linter has no rules, and never starts it.
        fs.writeFileSync(path.join(source, Toolchain.linter), "", { mode: 0o755 });
        const settings: Settings = {
            action: "deploy",
            environmentName: "dev",
            releaseId: "release-1",
            sourceRevision: "abc",
            executionId: "1",
            engine: "fake",
            tool: "Numbered",
            database: {
                ...{ host: "nowhere", port: 1, name: "app", username: "migrator", caBundle: "", silenceSeconds: 45 },
                credential: new SecretCredential("s3cret", undefined, () => {}),
            },
            source,
            migrations,
            toolchain: source,
            allowCode: false,
            guards: {
                lockTimeoutMilliseconds: options.lockTimeoutMilliseconds.default,
                statementTimeoutMilliseconds: options.statementTimeoutMilliseconds.default,
                lockRetryBudgetSeconds: options.lockRetryBudgetSeconds.default,
                deploymentWaitSeconds: options.deploymentWaitSeconds.default,
                deploymentWindowTimeZone: options.deploymentWindowTimeZone.default,
                takeoverGraceSeconds: options.takeoverGraceSeconds.default,
            },
        };
        const log: string[] = [];
        const failure = await deploy({
            settings,
            migrations: readMigrations(migrations, numbered),
            engine: fakes.engine(),
            tool: numbered,
            session: fakes.session(["001.sql", "002.sql", "003.sql"]),
            outputs: new Outputs(source, String),
            log: (line) => void (typeof line === "string" && log.push(line)),
            signal: new AbortController().signal,
        }).then(
            () => undefined,
            (error: unknown) => {
                assert.ok(error instanceof CodedError, String(error));
                return error;
            },
        );
        const read = (directory: string, file: string) => fs.readFileSync(path.join(source, directory, file), "utf8");
        const record = JSON.parse(read(Layout.artifactsDirectory, Layout.deploymentJson)) as Deployment;
        return { failure, record, report: read(Layout.reportsDirectory, "delivery.xml"), log };
    }
    const namesOf = (changesets: { id: string }[]) => changesets.map(({ id }) => id);

    it("that succeeds tags, updates, records the catalog and releases the lock", async () => {
        const fakes = new Fakes(undefined);
        const { failure, record, log } = await run(fakes);
        assert.equal(failure, undefined);
        assert.deepEqual(fakes.calls, [
            ...["open", "lock", "tag release-1", "record what is there", "update", "record the catalog"],
            ...["release", "close"],
        ]);
        assert.deepEqual(
            [record.status, record.undone, record.remaining, record.error],
            ["Succeeded", [], [], undefined],
        );
        assert.deepEqual(namesOf(record.changesets), ["001.sql", "002.sql", "003.sql"]);
        assert.equal(log.at(-1), "Deployed: 3 changesets to dev.");
    });

    it("whose second changeset fails is undone, releases the lock and ends with exit code 1", async () => {
        const fakes = new Fakes("002.sql");
        const { failure, record, report, log } = await run(fakes);
        assert.deepEqual(fakes.calls, [
            ...["open", "lock", "tag release-1", "record what is there", "update", "confirm"],
            ...["rollback to release-1", "release", "close"],
        ]);
        assert.equal(failure?.exitCode, ExitCodes.failed);
        assert.match(failure.message, /^AP1401: The update failed: ?[^]*002\.sql: there is no table orders/);
        assert.match(failure.message, /Undone \(1\):\n {2}- 001\.sql/);
        assert.match(failure.message, /The database is as it was before release-1\./);
        assert.ok(log.includes("Failed; undoing release-1."), log.join("\n"));

        assert.deepEqual(
            record.changesets.map(({ id, status, message }) => [id, status, message]),
            [
                ["001.sql", "Applied", undefined],
                ["002.sql", "Failed", "there is no table orders"],
            ],
        );
        assert.deepEqual([record.status, namesOf(record.undone), record.remaining], ["Failed", ["001.sql"], []]);
        assert.deepEqual(record.differences, []);
        assert.equal(record.fingerprints.after, record.fingerprints.before);
        assert.equal(record.error, failure.message);
        assert.match(report, /<testcase classname="002\.sql"[^]*?<failure/);
        assert.deepEqual(
            fakes.history.map(({ id }) => id),
            ["release-1"],
        );
    });

    for (const undo of ["fails", "throws"] as const) {
        it(`whose undo ${undo} too reports what is still applied, and still releases the lock`, async () => {
            const fakes = new Fakes("003.sql", undo);
            const { failure, record } = await run(fakes);
            assert.deepEqual(fakes.calls.slice(-3), ["rollback to release-1", "release", "close"]);
            assert.equal(failure?.exitCode, ExitCodes.failed);
            assert.match(failure.message, /NOT undone, still in the database \(2\):\n {2}- 001\.sql/);
            assert.match(failure.message, undo === "fails" ? /the rollback is wrong/ : /the tool has died/);
            assert.doesNotMatch(failure.message, /The database is as it was before/);
            assert.deepEqual([record.undone, namesOf(record.remaining)], [[], ["001.sql", "002.sql"]]);
            assert.equal(record.status, "Failed");
        });
    }
});
