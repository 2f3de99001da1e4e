import * as path from "node:path";
import { type ChangesetName, keyOf } from "../../changesets";
import type { Engine } from "../../engines/engine";
import { newOwner } from "../../engines/lockOwner";
import { type CodedError, undoErrors } from "../../errors";
import type { Settings } from "../../settings";
import type { ChangesetEvent, CommandResult, Hook, Judge } from "../events";
import { Connected } from "../java/connected";
import { toolchainClassPath } from "../java/process";
import { type JavaListeners, type JavaResult, JavaSession, type JavaTool } from "../java/session";
import { dialectText, freshNames, guardVariables, inherited } from "../java/settings";
import { formatProperties } from "../propertiesFile";
import { ToolRefusal } from "../refusal";
import type { EditedChangeset } from "../sources";
import type { MigrationSession, Preview } from "../tool";
import { flywayErrors } from "./errors";
import { explainFailure } from "./explain";
import type { FlywaySettings } from "./settings";
import { tracking } from "./tracking";

interface FlywayResult extends JavaResult {
    /** Every script of the source. */
    known?: ChangesetName[];
    /** Scripts that were edited after they ran. */
    edited: EditedChangeset[];
    /** SQL callbacks. */
    hooks?: Hook[];
}

type SessionEvent =
    | ChangesetEvent
    | { event: "source"; changesets?: ChangesetName[]; callbacks?: Hook[] }
    | (EditedChangeset & { event: "edited" });

const noUndo = "it has no undo script. Alternatives: a snapshot before the release, or a new script that reverts it";

/** Flyway's commands on one database and one source, in one session: `FlywaySession.java`. */
export class Flyway implements MigrationSession {
    /** The value that the lock's row must have for a guarded session to run anything. */
    readonly lockOwner: string | undefined;
    private readonly java: JavaSession<FlywayResult>;
    private readonly connected: Connected<FlywayResult>;

    constructor(
        private readonly settings: Settings,
        private readonly directory: string,
        config: FlywaySettings & { locations: string[] },
        private readonly engine: Engine,
    ) {
        const { toolchain, database, guards, releaseId } = settings;
        this.lockOwner = guards && newOwner(releaseId);
        this.java = new JavaSession(
            {
                classPath: toolchainClassPath(toolchain),
                directory,
                properties: freshNames,
                environment: {
                    ...inherited(),
                    // Flyway reports its use to its maker unless this is set.
                    REDGATE_DISABLE_TELEMETRY: "true",
                    DATABASE_USERNAME: database.username,
                    JDBC_DIALECT: dialectText(engine, tracking.lock),
                    ...guardVariables({ guards }, this.lockOwner),
                },
                mainClass: "aurorapipeline.FlywaySession",
                spare: false,
                arguments: configuration(directory, config),
            },
            javaTool,
        );
        const { java } = this;
        this.connected = new Connected<FlywayResult>(
            {
                run: (...given) => java.run(...given),
                abort: () => java.abort(),
                noConnection: /Unable to obtain connection|Unable to connect/,
                reported: (why) => why,
            },
            settings,
            engine,
        );
    }

    async previewUpdate(): Promise<Preview> {
        const result = await this.preview(["plan"]);
        const again = new Set(result.events.filter((event) => event.event === "willRun" && event.again).map(keyOf));
        const events = await Promise.all(
            result.events.map(async (event) =>
                event.event === "ran" && event.undo === undefined
                    ? { ...event, ...(await this.withoutScript(event.sql ?? [], again.has(keyOf(event)))) }
                    : event,
            ),
        );
        // Without a script that runs, no callback does.
        const { known, hooks } = result;
        return { events, code: [], known, ...(events.length > 0 && { hooks }) };
    }

    /** Flyway marks what is there with a baseline of its own. */
    adopt(changesets: string[]): void {
        if (changesets.length > 0) {
            throw new flywayErrors.FlywayBaselineElsewhere({ changesets });
        }
    }

    async previewRollback(tag: string): Promise<Preview> {
        const result = await this.preview(["plan-undo", tag]);
        for (const event of result.events.filter((one) => one.event === "rolledBack" && one.again)) {
            const { undoError } = await this.withoutScript(event.ran ?? [], true);
            if (undoError !== undefined) throw notUndoable(event, undoError);
        }
        return { events: result.events, code: [] };
    }

    update(onEvent: (event: ChangesetEvent) => void, judge?: Judge): Promise<CommandResult> {
        return this.run(["migrate"], { onEvent, judge });
    }

    rollback(tag: string, onEvent: (event: ChangesetEvent) => void, judge?: Judge): Promise<CommandResult> {
        return this.run(["undo", tag], { onEvent, judge });
    }

    rehearseUpdate(onEvent: (event: ChangesetEvent) => void): Promise<CommandResult> {
        return this.run(["rehearse"], { onEvent });
    }

    rehearseRollback(tag: string, onEvent: (event: ChangesetEvent) => void): Promise<CommandResult> {
        return this.run(["rehearse-undo", tag], { onEvent });
    }

    answer(word: string): void {
        this.java.answer(word);
    }

    async mark(tag: string): Promise<void> {
        const result = await this.run(["mark", tag], {});
        if (result.exitCode !== 0) {
            throw explainFailure(`The tag ${tag} could not be set; nothing was applied`, result);
        }
    }

    abort(why: string): void {
        this.connected.abort(why);
    }

    close(): Promise<void> {
        return this.java.close();
    }

    /** What undoes a script that no script undoes: the recorded catalog restores an earlier form of views and functions. */
    private async withoutScript(sql: string[], again: boolean): Promise<Pick<ChangesetEvent, "undo" | "undoError">> {
        return again && (await this.engine.undo.onlyDefines(sql)) ? { undo: [] } : { undoError: noUndo };
    }

    private async preview(command: string[]): Promise<FlywayResult> {
        const result = await this.run(command, {}, true);
        if (result.exitCode === 0) {
            return result;
        }
        const last = result.events.at(-1);
        if (last?.event === "willRollback") {
            throw notUndoable(last, noUndo);
        }
        const details = { exit: "refused", cause: new ToolRefusal(result.edited) } as const;
        throw explainFailure(`Flyway cannot plan ${path.basename(this.directory)}`, result, details);
    }

    private run([name = "", ...rest]: string[], listeners: JavaListeners, readOnly = false): Promise<FlywayResult> {
        // Each run of a command begins at the beginning of the plan, also one that is repeated.
        listeners.judge?.begin();
        const { url, properties } = this.engine.jdbcConnection(this.settings, {
            readOnly,
            socketFactory: "aurorapipeline.Sockets",
        });
        return this.connected.run([name, url, formatProperties(Object.entries(properties)), ...rest], listeners);
    }
}

function notUndoable(event: ChangesetEvent, reason: string): CodedError {
    return new undoErrors.ChangesetNotUndoable({ changeset: keyOf(event), reason }, { exit: "refused" });
}

/** Names and values alternate. */
function configuration(directory: string, { locations, values, placeholders }: FlywaySettings): string[] {
    const entries = {
        ...values,
        locations: locations!.map((folder) => `filesystem:${path.join(directory, folder)}`).join(","),
    };
    return [
        ...Object.entries(entries).flatMap(([name, value]) => [`flyway.${name}`, value]),
        ...Object.entries(placeholders).flatMap(([name, value]) => [`flyway.placeholders.${name}`, value]),
    ];
}

const javaTool: JavaTool<FlywayResult, JavaListeners> = {
    emptyResult: () => ({ exitCode: 0, events: [], messages: [], edited: [] }),
    receive: (given, { result }) => {
        const event = given as SessionEvent;
        switch (event.event) {
            case "source":
                result.known = event.changesets ?? [];
                result.hooks = event.callbacks ?? [];
                return undefined;
            case "edited": {
                const { event: _, ...edited } = event;
                result.edited.push(edited);
                return undefined;
            }
            default:
                return event;
        }
    },
    notStarted: (error) =>
        new flywayErrors.FlywayJavaMissing({
            reason: error.code === "ENOENT" ? "it is neither on the build's PATH nor in JAVA_HOME" : error.message,
        }),
    ended: (how, output) => new flywayErrors.FlywayEnded({ how, output }),
    garbled: (input) => new flywayErrors.FlywayGarbled(input),
};
