import type { Engine } from "../../engines/engine";
import { newOwner } from "../../engines/lockOwner";
import type { ScriptFailure, ScriptSession } from "../../engines/scripts";
import { keyOf } from "../../changesets";
import { type CodedError, InternalError, undoErrors } from "../../errors";
import type { Settings } from "../../settings";
import type { ChangesetEvent, CommandResult, Judge } from "../events";
import { ToolRefusal } from "../refusal";
import { Questions, type RunOptions, Running } from "../running";
import type { MigrationSession, Preview } from "../tool";
import { sqlErrors } from "./errors";
import { adoption, forget, ledger, markRow, nextPosition, Outcome, type Recorded, rowFor, undoneBy } from "../ledger";
import type { SqlMigration } from "./migration";
import { type PlacedStatement, type Prepared, prepareMigration } from "./prepare";
import { type Folder, type FolderState, inOrder, isIdle, newestWithout, readState } from "./state";
import { tracking } from "./tracking";
import { type Undo, undoEvent, upEvent } from "./changes";

/** A folder's migrations on one database, over the program's own connections. */
export class SqlSession implements MigrationSession {
    readonly lockOwner: string | undefined;
    /** Of the command that runs. */
    private scripts: ScriptSession | undefined;
    private lost: string | undefined;
    private adopted: ReadonlySet<string> = new Set();
    private readonly questions = new Questions();

    constructor(
        private readonly settings: Settings,
        private readonly engine: Engine,
        private readonly folder: Folder,
    ) {
        this.lockOwner = settings.guards && newOwner(settings.releaseId);
    }

    previewUpdate(): Promise<Preview> {
        return this.connected(async (scripts) => {
            const { layout, migrations } = this.folder;
            const { pending, edited, history } = await this.state(scripts);
            if (edited.length > 0) throw editedError(edited, layout.name);
            const byId = new Map(migrations.map((migration) => [migration.id, migration]));
            return {
                code: [],
                known: migrations.map(({ id, up }) => ({ id, author: layout.name, file: up.file })),
                events: pending.flatMap((one): ChangesetEvent[] => [
                    { ...upEvent(one, layout), event: "willRun", again: false },
                    { ...upEvent(one, layout), event: "ran", outcome: "Applied" },
                ]),
                passedOver: (history.passedOver ?? []).map(({ id, reason }) => ({
                    ...{ id, author: layout.name, file: byId.get(id)?.up.file ?? id, reason },
                })),
            };
        });
    }

    adopt(changesets: string[]): void {
        this.adopted = new Set(changesets);
    }

    previewRollback(tag: string): Promise<Preview> {
        return this.connected(async (scripts) => {
            const undos = await this.undosTo(tag, scripts);
            for (const undo of undos) {
                if (undo.prepared !== undefined && undo.prepared.down === undefined && !undo.marked) {
                    throw this.notUndoable(undo);
                }
            }
            return {
                code: [],
                events: undos
                    .filter(({ prepared }) => prepared !== undefined)
                    .map((undo) => ({ ...undoEvent(undo), event: "rolledBack" })),
            };
        });
    }

    update(onEvent: (event: ChangesetEvent) => void, judge?: Judge): Promise<CommandResult> {
        return this.runPending({ onEvent, judge });
    }

    rollback(tag: string, onEvent: (event: ChangesetEvent) => void, judge?: Judge): Promise<CommandResult> {
        return this.undo(tag, { onEvent, judge });
    }

    rehearseUpdate(onEvent: (event: ChangesetEvent) => void): Promise<CommandResult> {
        return this.runPending({ onEvent, rehearses: true });
    }

    rehearseRollback(tag: string, onEvent: (event: ChangesetEvent) => void): Promise<CommandResult> {
        return this.undo(tag, { onEvent, rehearses: true });
    }

    answer(): void {
        this.questions.answer();
    }

    /** Creates what is missing of the tables, and takes over what the folder's own tool has done since. */
    mark(tag: string): Promise<void> {
        return this.connected(async (scripts) => {
            if (this.lockOwner !== undefined) await scripts.confirmLock(this.lockOwner);
            const { layout, migrations } = this.folder;
            await scripts.create(ledger);
            await scripts.create(layout.table);
            const { history, entries } = await this.state(scripts);
            if (entries.some((entry) => entry.tag === tag)) return;
            const byId = new Map(migrations.map((migration) => [migration.id, migration]));
            const applied = inOrder(history.applied, migrations).map((id): Recorded => ({
                ...{ id, file: byId.get(id)?.up.file ?? id, checksum: history.checksums?.[id] ?? null },
            }));
            const adopted = adoption(entries, applied, layout.name);
            await scripts.write([...adopted, markRow(tag, nextPosition(entries) + adopted.length)]);
        });
    }

    abort(why: string): void {
        this.lost ??= why;
        this.scripts?.abort();
        this.questions.refuse(new InternalError(why));
    }

    close(): Promise<void> {
        this.abort("The build was stopped");
        return Promise.resolve();
    }

    /** Each command has its own connection: no session is idle in between, and each finds the writer. */
    private async connected<T>(work: (scripts: ScriptSession) => Promise<T>): Promise<T> {
        const { settings, engine } = this;
        const scripts = await engine.openScripts(settings, tracking);
        this.lost = undefined;
        this.scripts = scripts;
        try {
            return await work(scripts);
        } finally {
            this.scripts = undefined;
            await scripts.close();
        }
    }

    private state(scripts: ScriptSession): Promise<FolderState> {
        return readState(scripts, { ...this.folder, adopted: this.adopted }, this.engine);
    }

    private runPending(options: RunOptions): Promise<CommandResult> {
        return this.command(options, async (scripts, run) => {
            const { layout, migrations } = this.folder;
            const { pending, history, entries } = await this.state(scripts);
            let position = nextPosition(entries);
            for (const one of pending) {
                const { migration, up, healed } = one;
                const event = upEvent(one, layout);
                if (!(await run.may({ ...event, event: "mayRun", again: false }))) return;
                await run.ask("begin", event);
                run.say({ ...event, event: "willRun", again: false });
                const started = performance.now();
                const idle = isIdle(one);
                const before = newestWithout([migration.id], history.applied, migrations);
                const failure = await scripts.run({
                    ...{
                        statements: idle ? [] : up.statements.map(({ text }) => text),
                        inTransaction: up.inTransaction,
                    },
                    limits: this.limits(up),
                    records: [
                        ...(healed ? layout.healed(healed.dirty, healed.outcome, before, migration) : []),
                        ...(healed?.outcome === "applied" ? [] : layout.applied(migration)),
                        rowFor(recordOf(migration), layout.name, position++, idle ? Outcome.Declared : Outcome.Applied),
                    ],
                    ...(options.rehearses && { ran: () => run.ask("look", event) }),
                });
                const milliseconds = performance.now() - started;
                if (failure !== undefined) {
                    this.fail(run, { ...event, event: "runFailed", milliseconds }, up, failure);
                } else {
                    history.applied.push(migration.id);
                    run.say({ ...event, event: "ran", outcome: idle ? "MarkedAsRan" : "Applied", milliseconds });
                }
                await run.ask("end", event);
                if (failure !== undefined) return;
            }
        });
    }

    private undo(tag: string, options: RunOptions): Promise<CommandResult> {
        return this.command(options, async (scripts, run) => {
            const { layout, migrations } = this.folder;
            const { history } = await this.state(scripts);
            for (const undo of await this.undosTo(tag, scripts)) {
                const { prepared, marked, name } = undo;
                const event = undoEvent(undo);
                if (!(await run.may({ ...event, event: "mayRollback" }))) return;
                const { down } = prepared ?? {};
                if (!marked && down === undefined) {
                    run.refuse({ ...event, event: "rollbackFailed" }, this.notUndoable(undo).message);
                    return;
                }
                await run.ask("begin", event);
                run.say({ ...event, event: "willRollback" });
                const started = performance.now();
                const newest = newestWithout([name.id], history.applied, migrations);
                const inTransaction = marked || down!.inTransaction;
                const failure = await scripts.run({
                    ...{ statements: marked ? [] : down!.statements.map(({ text }) => text), inTransaction },
                    limits: this.limits({ inTransaction }),
                    records: [
                        ...(marked ? [] : layout.undone(prepared!.migration, newest)),
                        forget(name.id, layout.name),
                    ],
                    ...(options.rehearses && { ran: () => run.ask("look", event) }),
                });
                const milliseconds = performance.now() - started;
                if (failure !== undefined) {
                    const failed = { ...event, runInTransaction: inTransaction, milliseconds };
                    this.fail(run, { ...failed, event: "rollbackFailed" }, down, failure);
                } else {
                    history.applied = history.applied.filter((id) => id !== name.id);
                    run.say({ ...event, event: "rolledBack", milliseconds });
                }
                await run.ask("end", event);
                if (failure !== undefined) return;
            }
        });
    }

    /** What a rollback undoes, the last one first. */
    private async undosTo(tag: string, scripts: ScriptSession): Promise<Undo[]> {
        const { layout, migrations } = this.folder;
        const { history, entries } = await this.state(scripts);
        const applied = new Set(history.applied);
        const byId = new Map(migrations.map((migration) => [migration.id, migration]));
        const undos: Undo[] = [];
        for (const found of undoneBy(tag, entries, inOrder(history.applied, migrations))) {
            const migration = byId.get(found.id);
            const file = found.file ?? migration?.up.file ?? found.id;
            undos.push({
                name: { id: found.id, author: layout.name, file },
                marked: !applied.has(found.id),
                ...(migration && { prepared: await prepareMigration(migration, this.engine.sql) }),
            });
        }
        return undos;
    }

    private notUndoable({ name, prepared }: Undo): CodedError {
        const { layout } = this.folder;
        const reason =
            prepared === undefined
                ? "the folder does not have it any more"
                : `${layout.name}'s folder has no ${layout.undoes}`;
        return new undoErrors.ChangesetNotUndoable({ changeset: keyOf(name), reason }, { exit: "refused" });
    }

    private limits({ inTransaction }: Pick<Prepared, "inTransaction">) {
        const { guards } = this.settings;
        // Where nothing is rolled back, an interrupted statement would leave a part of itself.
        return guards && inTransaction
            ? { lockMillis: guards.lockTimeoutMilliseconds, statementMillis: guards.statementTimeoutMilliseconds }
            : undefined;
    }

    /** Runs a command under the lock; what it reports and what stops it become its result. */
    private command(
        options: RunOptions,
        work: (scripts: ScriptSession, run: Running) => Promise<void>,
    ): Promise<CommandResult> {
        return this.connected(async (scripts) => {
            if (this.lockOwner !== undefined) await scripts.confirmLock(this.lockOwner);
            options.judge?.begin();
            const run = new Running(options, this.questions);
            await work(scripts, run);
            return run.result;
        });
    }

    /** The server refused a part of a migration. */
    private fail(run: Running, event: ChangesetEvent, part: Prepared | undefined, failure: ScriptFailure): void {
        const { errors } = this.engine;
        const { code, message } = failure;
        run.result.serverError = { kind: errors.kindOf({ code, message }), message, lockViews: errors.lockViews };
        if (this.lost !== undefined) run.result.messages.push(this.lost);
        run.refuse({ ...event, ...(code && { sqlState: code }) }, `${placeOf(part, failure)}${message}`);
    }
}

function recordOf({ id, up: { file }, checksum }: SqlMigration): Recorded {
    return { id, file, checksum };
}

/** `migrations/002_x.up.sql, line 3: `, as far as it is known. */
function placeOf(part: Prepared | undefined, { statement, position = 0 }: ScriptFailure): string {
    const found: PlacedStatement | undefined = statement === undefined ? undefined : part?.statements[statement];
    if (part === undefined || found === undefined) return "";
    const line = found.line + found.text.slice(0, position).split("\n").length - 1;
    return `${part.file}, line ${line}: `;
}

function editedError(edited: ConstructorParameters<typeof ToolRefusal>[0], layout: string): CodedError {
    const cause = edited.map(
        ({ file, was, now }) => `    ${file} (SHA-256 ${was.slice(0, 12)}…, now ${now.slice(0, 12)}…)`,
    );
    return new sqlErrors.MigrationEdited(
        { step: `The folder of ${layout} cannot be planned`, cause: cause.join("\n") },
        { exit: "refused", cause: new ToolRefusal(edited) },
    );
}
