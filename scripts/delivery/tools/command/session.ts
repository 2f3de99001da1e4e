import { keyOf } from "../../changesets";
import type { Engine } from "../../engines/engine";
import { newOwner } from "../../engines/lockOwner";
import type { ScriptSession } from "../../engines/scripts";
import { lossError, SilenceJudge, silenceLimits } from "../../engines/silence";
import { type CodedError, undoErrors } from "../../errors";
import type { Settings } from "../../settings";
import type { ChangesetEvent, CommandResult, Judge } from "../events";
import { adoption, entriesIn, forget, ledger, markRow, nextPosition, Outcome, rowFor, undoneBy } from "../ledger";
import { type Facts, Questions, type RunOptions, Running } from "../running";
import { indent } from "../serverFailure";
import type { MigrationSession, Preview } from "../tool";
import { codeOf, type Commands, commandsFile, type CommandSource } from "./commands";
import { commandErrors } from "./errors";
import { linesOf, type Ran, runCommand } from "./run";
import { tracking } from "./tracking";

type Step = Exclude<keyof Commands, "name">;

/** A command of the project failed. */
type Failed = Ran & { failed: string };

/** A project's own commands on one database. Only they know the migrations: what they print decides. */
export class CommandSession implements MigrationSession {
    readonly lockOwner: string | undefined;
    private ending = new AbortController();
    private lost: string | undefined;
    private readonly questions = new Questions();

    constructor(
        private readonly settings: Settings,
        private readonly engine: Engine,
        private readonly project: CommandSource,
    ) {
        this.lockOwner = settings.guards && newOwner(settings.releaseId);
    }

    async previewUpdate(): Promise<Preview> {
        const applied = await this.list("status");
        const pending = await this.list("pending");
        const both = pending.find((name) => applied.includes(name));
        if (both !== undefined) throw this.unclear(`both status and pending print ${both}`);
        const events: ChangesetEvent[] = [];
        let previous = applied.at(-1);
        for (const migration of pending) {
            const event = await this.described(migration, previous);
            events.push({ ...event, event: "willRun", again: false }, { ...event, event: "ran", outcome: "Applied" });
            previous = migration;
        }
        return { events, code: codeOf(this.project) };
    }

    /** Only the tool itself can record that a migration has run. */
    adopt(changesets: string[]): void {
        if (changesets.length > 0)
            throw this.unclear("a baseline names migrations that only the tool itself can record");
    }

    async previewRollback(tag: string): Promise<Preview> {
        const undos = await this.undosTo(tag);
        const [first] = undos;
        if (this.project.commands.rollback === undefined && first !== undefined) {
            throw new undoErrors.ChangesetNotUndoable(
                { changeset: keyOf(first.event), reason: `${commandsFile} has no command rollback` },
                { exit: "refused" },
            );
        }
        const events: ChangesetEvent[] = [];
        for (const { event, previous } of undos) {
            events.push({ ...event, event: "rolledBack", sql: await this.printed("undoSql", event.id, previous) });
        }
        return { events, code: codeOf(this.project) };
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

    async mark(tag: string): Promise<void> {
        const applied = await this.list("status");
        await this.connected(async (scripts) => {
            if (this.lockOwner !== undefined) await scripts.confirmLock(this.lockOwner);
            await scripts.create(ledger);
            const entries = entriesIn((await scripts.rows(ledger)) ?? []);
            if (entries.some((entry) => entry.tag === tag)) return;
            const records = applied.map((id) => ({ id, file: commandsFile, checksum: null }));
            const adopted = adoption(entries, records, this.name);
            await scripts.write([...adopted, markRow(tag, nextPosition(entries) + adopted.length)]);
        });
    }

    abort(why: string): void {
        this.lost ??= why;
        this.ending.abort();
        this.questions.refuse(this.unclear("the rehearsal was stopped"));
    }

    close(): Promise<void> {
        this.abort("The build was stopped");
        return Promise.resolve();
    }

    private get name(): string {
        return this.project.commands.name;
    }

    /** Runs what is pending, one migration a command, and asks `status` whether it has run. */
    private runPending(options: RunOptions): Promise<CommandResult> {
        return this.command(options, async (run) => {
            let previous = (await this.list("status")).at(-1);
            for (const migration of await this.list("pending")) {
                const event = await this.described(migration, previous);
                if (!(await run.may({ ...event, event: "mayRun", again: false }))) return;
                await run.ask("begin", event);
                run.say({ ...event, event: "willRun", again: false });
                const started = performance.now();
                const failure = await this.step("deploy", migration, previous, (applied) =>
                    applied.includes(migration),
                );
                const milliseconds = performance.now() - started;
                if (failure === undefined) {
                    await this.write((position) =>
                        rowFor(
                            { id: migration, file: commandsFile, checksum: null },
                            this.name,
                            position,
                            Outcome.Applied,
                        ),
                    );
                    run.say({ ...event, event: "ran", outcome: "Applied", milliseconds });
                } else {
                    run.refuse({ ...event, event: "runFailed", milliseconds }, failure);
                }
                await run.ask("end", event);
                if (failure !== undefined) return;
                previous = migration;
            }
        });
    }

    private undo(tag: string, options: RunOptions): Promise<CommandResult> {
        return this.command(options, async (run) => {
            for (const { event, previous, marked } of await this.undosTo(tag)) {
                const sql = await this.printed("undoSql", event.id, previous);
                if (!(await run.may({ ...event, sql, event: "mayRollback" }))) return;
                await run.ask("begin", event);
                run.say({ ...event, event: "willRollback" });
                const started = performance.now();
                const failure = marked
                    ? undefined
                    : await this.step("rollback", event.id, previous, (applied) => !applied.includes(event.id));
                const milliseconds = performance.now() - started;
                if (failure === undefined) {
                    await this.write(() => forget(event.id, this.name));
                    run.say({ ...event, event: "rolledBack", milliseconds });
                } else {
                    run.refuse({ ...event, event: "rollbackFailed", milliseconds }, failure);
                }
                await run.ask("end", event);
                if (failure !== undefined) return;
            }
        });
    }

    /** What a rollback undoes, the last one first, each with the one that is then the newest. */
    private async undosTo(tag: string): Promise<{ event: Facts; previous?: string; marked: boolean }[]> {
        const applied = await this.list("status");
        const entries = entriesIn((await this.connected((scripts) => scripts.rows(ledger))) ?? []);
        return undoneBy(tag, entries, applied).map(({ id }) => {
            const position = applied.indexOf(id);
            const marked = position === -1;
            return {
                event: { ...this.facts(id), ...(marked && { marked }) },
                previous: applied[position - 1],
                marked,
            };
        });
    }

    private facts(id: string): Facts {
        return { id, author: this.name, file: commandsFile, runInTransaction: false };
    }

    private async described(migration: string, previous: string | undefined): Promise<Facts> {
        const { rollback } = this.project.commands;
        return {
            ...this.facts(migration),
            sql: await this.printed("sql", migration, previous),
            ...(rollback === undefined
                ? { undoError: `${commandsFile} has no command rollback` }
                : { undo: await this.printed("undoSql", migration, previous) }),
        };
    }

    /** What a command prints of a migration, if the project has that command. */
    private async printed(step: "sql" | "undoSql", migration: string, previous?: string): Promise<string[]> {
        if (this.project.commands[step] === undefined) return [];
        const ran = await this.run(step, migration, previous);
        if (ran.failed !== undefined) throw this.failure(step, ran as Failed);
        const text = ran.output.trim();
        const statements = await this.engine.sql.split(text);
        return statements?.map((statement) => statement.text) ?? (text === "" ? [] : [text]);
    }

    /** Runs a command that changes the database; returns why that failed. Its exit code alone proves nothing. */
    private async step(
        step: "deploy" | "rollback",
        migration: string,
        previous: string | undefined,
        holds: (applied: string[]) => boolean,
    ): Promise<string | undefined> {
        if (this.project.commands[step] === undefined) return `${commandsFile} has no command ${step}`;
        const ran = await this.run(step, migration, previous);
        if (ran.failed !== undefined) return `The command ${step} failed (${ran.failed}):\n${ran.said}`;
        return holds(await this.list("status"))
            ? undefined
            : `The command ${step} ended without an error, but according to status ${migration} ${step === "deploy" ? "has not run" : "is not undone"}.\n${ran.said}`;
    }

    private async list(step: "status" | "pending"): Promise<string[]> {
        const ran = await this.run(step);
        if (ran.failed !== undefined) throw this.failure(step, ran as Failed);
        const names = linesOf(ran.output);
        const twice = names.find((name, index) => names.indexOf(name) !== index);
        if (twice !== undefined) throw this.unclear(`${step} prints ${twice} twice`);
        return names;
    }

    private async run(step: Step, migration = "", previous = ""): Promise<Ran> {
        const { database, guards, releaseId } = this.settings;
        const password = await database.credential.password(database);
        const writes = step === "deploy" || step === "rollback";
        const ran = runCommand(this.project.commands[step]!, {
            directory: this.project.directory,
            signal: this.ending.signal,
            environment: {
                ...this.engine.clientVariables(database, password, {
                    applicationName: releaseId,
                    readOnly: !writes,
                    ...(writes &&
                        guards && {
                            lockMillis: guards.lockTimeoutMilliseconds,
                            statementMillis: guards.statementTimeoutMilliseconds,
                        }),
                }),
                MIGRATION: migration,
                PREVIOUS: previous,
            },
        });
        return this.watched(ran);
    }

    /** Ends a command that waits for a server that is gone: its client may have no limits of its own. */
    private async watched(ran: Promise<Ran>): Promise<Ran> {
        const { database, releaseId } = this.settings;
        const limits = silenceLimits(database.silenceSeconds);
        const looks = this.engine.lookout(database, releaseId);
        // A command may do much else than wait for the server: only a server that answers nobody ends it.
        const answers = () => looks.works("others").then(() => true);
        const judge = new SilenceJudge(limits, answers, (loss) =>
            this.abort(lossError(loss, limits, database).message),
        );
        const started = performance.now();
        const timer = setInterval(() => judge.hears(performance.now() - started), limits.lookMillis);
        try {
            return await ran;
        } finally {
            clearInterval(timer);
            await looks.close();
        }
    }

    private failure(step: Step, { failed, said }: Failed): CodedError {
        return new commandErrors.CommandFailed(
            { command: step, tool: this.name, how: this.lost ?? failed, output: indent(said), file: commandsFile },
            { exit: "refused" },
        );
    }

    private unclear(reason: string): CodedError {
        return new commandErrors.StatusUnclear({ tool: this.name, reason }, { exit: "refused" });
    }

    private write(change: (position: number) => Parameters<ScriptSession["write"]>[0][number]): Promise<void> {
        return this.connected(async (scripts) => {
            const entries = entriesIn((await scripts.rows(ledger)) ?? []);
            await scripts.write([change(nextPosition(entries))]);
        });
    }

    private async connected<T>(work: (scripts: ScriptSession) => Promise<T>): Promise<T> {
        const scripts = await this.engine.openScripts(this.settings, tracking);
        try {
            return await work(scripts);
        } finally {
            await scripts.close();
        }
    }

    private async command(options: RunOptions, work: (run: Running) => Promise<void>): Promise<CommandResult> {
        this.lost = undefined;
        this.ending = new AbortController();
        const { lockOwner } = this;
        if (lockOwner !== undefined) await this.connected((scripts) => scripts.confirmLock(lockOwner));
        options.judge?.begin();
        const run = new Running(options, this.questions, () => this.lost);
        await work(run);
        return run.result;
    }
}
