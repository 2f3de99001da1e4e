import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GuardVariables, Toolchain } from "../../../components/contract";
import { allowedCode, refusedCode } from "../code/inventory";
import type { CodeUse } from "../code/model";
import { keyOf } from "../changesets";
import { CodeRefusal } from "../code/refusal";
import { internalFile } from "../database/history";
import { lookout, sessionOptions } from "../database/connection";
import { reportsLoss } from "../database/lost";
import { type Loss, SilenceJudge, silenceLimits } from "../database/silence";
import { lossError } from "../database/watch";
import { DeliveryError, InputError } from "../errors";
import { explainConnection, explainLiquibase } from "../explain";
import { newOwner } from "../guard/owner";
import { parameterPrefix } from "../input/liquibaseProperties";
import { Migrations } from "../input/migrations";
import { formatProperties } from "../input/properties";
import { Settings } from "../input/settings";
import type { Precondition } from "./preconditions";
import { ChangesetEvent, CommandResult, type Judge, Session } from "./session";

/** The changelog that {@link Liquibase.mark} writes; no file of the repository takes its place. */
const releaseFile = "aurora-pipeline-release.json";

/** What a command would run. */
export interface Preview {
    events: ChangesetEvent[];
    /** Code of the repository that runs with it. */
    code: CodeUse[];
    /** What Liquibase checks before the first changeset. */
    preconditions?: Precondition;
}

interface RunOptions {
    onEvent?: (event: ChangesetEvent) => void;
    judge?: Judge;
    /** In transactions that cannot write: `PlanConnection.java`. */
    readOnly?: boolean;
}

/** Liquibase's commands on one database and one changelog, in one session. */
export class Liquibase {
    /** What LOCKEDBY must hold for a guarded session to run anything. */
    readonly lockOwner: string | undefined;
    private readonly session: Session;
    /** Why the connection of the last command was given up on. */
    private lost: Lost | undefined;

    constructor(
        private readonly settings: Settings,
        private readonly migrations: Migrations,
        /** An empty directory of its own. */
        private readonly scratch: string,
    ) {
        const { toolchain, database, guards, releaseId, allowCode } = settings;
        this.lockOwner = guards && newOwner(releaseId);
        fs.writeFileSync(this.defaultsFile, formatProperties(parameterEntries(migrations)));
        this.session = Session.start({
            classPath: [
                path.join(toolchain, Toolchain.classes),
                path.join(toolchain, Toolchain.libraries, "*"),
                ...(allowCode ? migrations.jars : []),
            ],
            sources: { allowCode, own: path.join(scratch, releaseFile), jars: migrations.jars },
            directory: migrations.directory,
            // Where a command takes Liquibase's lock for itself, LOCKEDBY then tells whose it is.
            properties: { "liquibase.hostDescription": releaseId, ...freshNames },
            environment: {
                ...inherited(),
                LIQUIBASE_COMMAND_USERNAME: database.username,
                ...(guards && {
                    DEPLOYMENT_LOCK_OWNER: this.lockOwner,
                    [GuardVariables.lockTimeout]: String(guards.lockTimeoutMilliseconds),
                    [GuardVariables.statementTimeout]: String(guards.statementTimeoutMilliseconds),
                }),
            },
        });
    }

    /** What an update would run, with its SQL; nothing is written, not even Liquibase's own tables. */
    async previewUpdate(): Promise<Preview> {
        return this.preview(["update-sql"]);
    }

    /** What a rollback to the tag would run, with its SQL; nothing is written. */
    async previewRollback(tag: string): Promise<Preview> {
        return this.preview(["rollback-sql", ...newest(tag)]);
    }

    /** `judge` compares what a guarded session does with what was approved. */
    update(onEvent: (event: ChangesetEvent) => void, judge?: Judge): Promise<CommandResult> {
        return this.runChangelog(["update", "--show-summary=off"], { onEvent, judge, listener: this.listener });
    }

    rollback(tag: string, onEvent: (event: ChangesetEvent) => void, judge?: Judge): Promise<CommandResult> {
        return this.runChangelog(["rollback", ...newest(tag)], { onEvent, judge, listener: this.listener });
    }

    /** Undoes as many changesets, the last one first. */
    rollbackCount(count: number, onEvent: (event: ChangesetEvent) => void): Promise<CommandResult> {
        return this.runChangelog(["rollback-count", `--count=${count}`], { onEvent });
    }

    /**
     * An update that undoes each changeset and applies it again. Among the events are the questions of `Proof.java`:
     * nothing goes on until each got its answer.
     */
    prove(onEvent: (event: ChangesetEvent) => void): Promise<CommandResult> {
        return this.runChangelog(["update", "--show-summary=off"], { onEvent, listener: "Proof" });
    }

    /** An update that stops for each question of `Rehearsal.java` until it is answered. */
    rehearseUpdate(onEvent: (event: ChangesetEvent) => void): Promise<CommandResult> {
        return this.runChangelog(["update", "--show-summary=off"], { onEvent, listener: "Rehearsal" });
    }

    /** The same for a rollback. */
    rehearseRollback(tag: string, onEvent: (event: ChangesetEvent) => void): Promise<CommandResult> {
        return this.runChangelog(["rollback", ...newest(tag)], { onEvent, listener: "Rehearsal" });
    }

    answer(word: string): void {
        this.session.answer(word);
    }

    /**
     * Puts the tag into the history as a row of its own, never on a changeset's row: Liquibase's `tag` overwrites the
     * tag of an earlier release that changed nothing since, and a changeset that runs again takes its tag along.
     */
    async mark(tag: string): Promise<void> {
        const changeSet = {
            id: tag,
            author: "aurora-pipeline",
            logicalFilePath: internalFile,
            changes: [{ tagDatabase: { tag } }],
        };
        fs.writeFileSync(path.join(this.scratch, releaseFile), JSON.stringify({ databaseChangeLog: [{ changeSet }] }));
        const result = await this.run(["update", "--show-summary=off", `--changelog-file=${releaseFile}`]);
        if (result.exitCode !== 0) {
            throw new DeliveryError(
                explainLiquibase(`The tag ${tag} could not be set; nothing was applied`, result.messages),
            );
        }
    }

    private get listener(): string {
        return this.lockOwner === undefined ? "Events" : "Guard";
    }

    private get defaultsFile(): string {
        return path.join(this.scratch, "defaults.properties");
    }

    close(): Promise<void> {
        return this.session.close();
    }

    private async preview(command: string[]): Promise<Preview> {
        const result = await this.runChangelog(command, { readOnly: true });
        const { source, allowCode } = this.settings;
        const { directory, jars } = this.migrations;
        const code = (allowCode ? allowedCode : refusedCode)({ source, directory, jars }, result.code);
        if (code.length > 0 && !allowCode) {
            throw new CodeRefusal(code);
        }
        if (result.exitCode !== 0) {
            const { changelogFile } = this.migrations;
            throw new LiquibaseRefusal(
                explainLiquibase(`Liquibase cannot plan ${changelogFile} in ${directory}`, result.messages),
                result.messages,
            );
        }
        return { events: result.events, code, preconditions: result.preconditions };
    }

    private runChangelog(
        command: string[],
        { listener = "Events", ...options }: RunOptions & { listener?: string } = {},
    ): Promise<CommandResult> {
        const { changelogFile, contexts, labelFilter } = this.migrations;
        return this.run(
            [
                ...command,
                `--changelog-file=${changelogFile}`,
                `--change-exec-listener-class=aurorapipeline.${listener}`,
                ...(contexts ? [`--context-filter=${contexts}`] : []),
                ...(labelFilter ? [`--label-filter=${labelFilter}`] : []),
            ],
            options,
        );
    }

    /** Closes the connection of the command that runs: it fails, and says why. */
    abort(why: string): void {
        if (this.lost === undefined) {
            this.lost = { why, silent: true };
            this.session.abort();
        }
    }

    /**
     * A command whose login is refused has run nothing: it may be run with another password. Nor has one that found no
     * writer: it is run again, for as long as most failovers take.
     */
    private async run(command: string[], options: RunOptions = {}): Promise<CommandResult> {
        const { database } = this.settings;
        const { credential } = database;
        const deadline = Date.now() + silenceLimits(database.silenceSeconds).writerMillis;
        let password = await credential.password(database);
        for (;;) {
            const result = await this.runWatched(command, password, options);
            if (foundNoWriter(result) && this.lost?.silent !== true && Date.now() < deadline) {
                await sleep(retryMillis);
                password = await credential.password(database);
                continue;
            }
            const refusal = refusalIn(result);
            if (refusal === undefined) {
                return result;
            }
            const another = await credential.another(password);
            if (another === undefined) {
                throw new InputError(explainConnection(new Error(refusal), database));
            }
            password = another;
        }
    }

    /** Gives up on the command's connection when the server is silent and, seen from elsewhere, does not work on it. */
    private async runWatched(
        command: string[],
        password: string,
        { onEvent, judge, readOnly = false }: RunOptions,
    ): Promise<CommandResult> {
        const { database, releaseId } = this.settings;
        const limits = silenceLimits(database.silenceSeconds);
        const looks = lookout(database, releaseId);
        this.lost = undefined;
        const giveUp = (loss: Loss) => {
            if (this.lost !== undefined) return;
            this.lost = { why: lossError(loss, limits, database).message, silent: loss === "silent" };
            this.session.abort();
        };
        const silence = new SilenceJudge(limits, () => looks.works("liquibase"), giveUp);
        try {
            const result = await this.session.run([...this.globalArguments(readOnly), ...command], password, {
                onEvent,
                judge,
                onWait: (waited) => silence.hears(waited),
            });
            if (result.objection !== undefined) {
                return { ...result, exitCode: result.exitCode || 1, messages: [reported(result.objection)] };
            }
            const lost = this.lost as Lost | undefined;
            const deep = tooDeep(result);
            if (deep !== undefined) {
                return { ...result, messages: [reported(deep), ...result.messages] };
            }
            return lost && result.exitCode !== 0
                ? { ...result, messages: [reported(lost.why), ...result.messages] }
                : result;
        } finally {
            await looks.close();
        }
    }

    private globalArguments(readOnly: boolean): string[] {
        return [
            "--analytics-enabled=false",
            "--show-banner=false",
            "--headless=true",
            // Dry runs show the changesets' statements, not Liquibase's bookkeeping.
            "--suppress-liquibase-sql=true",
            // The migrations directory has its own, which the delivery program has read; Liquibase must not. This one
            // holds the changelog's parameters.
            `--defaults-file=${this.defaultsFile}`,
            // All that a changelog can read: `Sources.java`.
            "--search-path=aurora-pipeline:sources",
            `--url=${jdbcUrl(this.settings, { readOnly })}`,
        ];
    }
}

/**
 * The changelog's parameters as entries of Liquibase's defaults file. `-D` is not for them: what it defines is a setting
 * of Liquibase, too (`-Dliquibase.searchPath=…`).
 */
function parameterEntries({ parameters }: Migrations): [string, string][] {
    return Object.entries(parameters).map(([name, value]) => [`${parameterPrefix}${name}`, value]);
}

/** Liquibase does not accept the changelog. */
export class LiquibaseRefusal extends InputError {
    constructor(
        message: string,
        /** What Liquibase printed. */
        readonly messages: string[],
    ) {
        super(message);
    }
}

interface Lost {
    why: string;
    /** The server does not answer on any connection. */
    silent: boolean;
}

/** Java keeps what a name resolved to for 30 s: longer than the endpoint of an Aurora cluster leads to the old writer. */
const freshNames = { "sun.net.inetaddr.ttl": "1", "sun.net.inetaddr.negative.ttl": "1" };
const retryMillis = 1000;
/**
 * The connection without its credential: the user is in the environment, the password comes with each command. There is no
 * `socketTimeout`: it would end every statement that takes longer. `Sockets.java` takes its place.
 */
export function jdbcUrl(
    { database, releaseId, action }: Settings,
    { readOnly = false }: { readOnly?: boolean } = {},
): string {
    // As long as the delivery program's own connections may take.
    const loginSeconds = Math.ceil(silenceLimits(database.silenceSeconds).firstAttemptMillis / 1000);
    const parameters = {
        sslmode: "verify-full",
        sslrootcert: database.caBundle,
        ApplicationName: releaseId,
        // The driver asks for `transaction_read_only`, which is on for the planner on every server: it reads only.
        ...(action !== "plan" && { targetServerType: "primary" }),
        ...(readOnly && { readOnly: "true" }),
        socketFactory: "aurorapipeline.Sockets",
        tcpKeepAlive: "true",
        connectTimeout: String(loginSeconds),
        loginTimeout: String(loginSeconds),
        sslResponseTimeout: String(loginSeconds * 1000),
        cancelSignalTimeout: "10",
        options: sessionOptions,
    };
    const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    return `jdbc:postgresql://${database.host}:${database.port}/${encodeURIComponent(database.name)}?${query.join("&")}`;
}

/** Whether the command ended before it had a connection, and for a reason that passes. */
function foundNoWriter({ exitCode, events, messages }: CommandResult): boolean {
    const text = messages.join("\n");
    return (
        exitCode !== 0 && events.length === 0 && /Connection could not be created/.test(text) && reportsLoss(messages)
    );
}

/** Java's own report names no place: the changeset that was not finished is the one. */
export function tooDeep({ exitCode, events, messages }: CommandResult): string | undefined {
    const last = events.at(-1);
    return exitCode !== 0 &&
        last !== undefined &&
        (last.event === "willRun" || last.event === "willRollback") &&
        messages.some((message) => message.includes("java.lang.StackOverflowError"))
        ? `${keyOf(last)} is nested more deeply than Liquibase can read (StackOverflowError).`
        : undefined;
}

/** In the form in which Liquibase says why it failed. */
function reported(why: string): string {
    return `Unexpected error running Liquibase: ${why}`;
}

/** Why the server did not let Liquibase in. */
function refusalIn({ exitCode, events, messages }: CommandResult): string | undefined {
    const [, refusal] = /FATAL: ((?:password|PAM) authentication failed.*)/.exec(messages.join("\n")) ?? [];
    return exitCode !== 0 && events.length === 0 ? refusal : undefined;
}

/** Of several rows with the tag the last one: going back to it undoes least. Liquibase would take the first. */
function newest(tag: string): string[] {
    return [`--tag=${tag}`, "--tag-version=NEWEST"];
}

/** What Java needs of the build's environment; no LIQUIBASE_* setting comes in from outside. */
function inherited(): Record<string, string | undefined> {
    const names = ["PATH", "HOME", "JAVA_HOME", "JAVA_TOOL_OPTIONS", "TMPDIR", "TZ"];
    const values = Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
    // Java reads the environment and the names of files in the encoding of the locale.
    return { ...values, LC_ALL: "C.UTF-8" };
}
