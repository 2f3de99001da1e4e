import * as fs from "node:fs";
import * as path from "node:path";
import { allowedCode, refusedCode } from "./code/inventory";
import { describeCode } from "./code/model";
import { CodeRefusal } from "../code";
import type { ChangesetEvent, CommandResult, Judge } from "../events";
import { Connected } from "../java/connected";
import { ToolRefusal } from "../refusal";
import type { MigrationSession, Preview } from "../tool";
import { type ChangesetName, keyOf } from "../../changesets";
import { duplicateNames, looseName } from "./duplicates";
import { editedChangesets } from "./edited";
import { internalFile } from "./tracking";
import type { Engine } from "../../engines/engine";
import { liquibaseErrors } from "./errors";
import { explainFailure, rollbackReason } from "./explain";
import { newOwner } from "../../engines/lockOwner";
import { type Changelog, parameterPrefix } from "./properties";
import { formatProperties } from "../propertiesFile";
import type { Settings } from "../../settings";
import { type LiquibaseResult, type Listeners, Session } from "./session";
import { type PlanBudget, planBudget, sessionOptions } from "./sessionOptions";
import { type CodedError, undoErrors } from "../../errors";

/** The changelog that {@link Liquibase.mark} writes; no file of the repository can replace it. */
const releaseFile = "aurora-pipeline-release.json";

interface RunOptions {
    onEvent?: (event: ChangesetEvent) => void;
    judge?: Judge;
    undecided?: string[];
    /** In read-only transactions: `PlanConnection.java`. */
    readOnly?: boolean;
}

/** Liquibase's commands on one database and one changelog, in one session. */
export class Liquibase implements MigrationSession {
    /** The value that LOCKEDBY must have for a guarded session to run anything. */
    readonly lockOwner: string | undefined;
    private readonly session: Session;
    private adopted: string[] = [];
    private readonly connected: Connected<LiquibaseResult, Listeners>;

    constructor(
        private readonly settings: Settings,
        private readonly changelog: Changelog,
        /** An empty directory for this session. */
        private readonly scratch: string,
        private readonly engine: Engine,
        budget: PlanBudget = planBudget,
    ) {
        const { guards, releaseId } = settings;
        this.lockOwner = guards && newOwner(releaseId);
        fs.writeFileSync(this.defaultsFile, formatProperties(parameterEntries(changelog)));
        const own = path.join(scratch, releaseFile);
        this.session = Session.start(
            sessionOptions(settings, { changelog, engine, own, lockOwner: this.lockOwner, budget }),
        );
        const { session } = this;
        const words = { noConnection: /Connection could not be created/, reported, explain: tooDeep };
        const tool = { ...words, run: session.run.bind(session), abort: () => session.abort() };
        this.connected = new Connected<LiquibaseResult, Listeners>(tool, settings, engine);
    }

    /** What an update would run, with its SQL; nothing is written, not even Liquibase's own tables. */
    async previewUpdate(undecided?: string[]): Promise<Preview> {
        return this.preview(["update-sql"], undecided);
    }

    /** `Adopted.java`. */
    adopt(changesets: string[]): void {
        this.adopted = changesets;
    }

    /** What a rollback to the tag would run, with its SQL; nothing is written. */
    async previewRollback(tag: string): Promise<Preview> {
        return this.preview(["rollback-sql", ...newest(tag)]);
    }

    /** `judge` compares what a guarded session does with what was approved. */
    update(onEvent: (event: ChangesetEvent) => void, judge?: Judge): Promise<CommandResult> {
        return this.runChangelog(["update", "--show-summary=off"], { onEvent, judge, listener: this.listener });
    }

    /** An update that ends with the changeset that sets the tag. */
    updateTo(tag: string, onEvent: (event: ChangesetEvent) => void): Promise<CommandResult> {
        return this.runChangelog(["update-to-tag", `--tag=${tag}`, "--show-summary=off"], { onEvent });
    }

    rollback(tag: string, onEvent: (event: ChangesetEvent) => void, judge?: Judge): Promise<CommandResult> {
        return this.runChangelog(["rollback", ...newest(tag)], { onEvent, judge, listener: this.listener });
    }

    /** Undoes this number of changesets, the last one first. */
    rollbackCount(count: number, onEvent: (event: ChangesetEvent) => void): Promise<CommandResult> {
        return this.runChangelog(["rollback-count", `--count=${count}`], { onEvent });
    }

    /**
     * An update that undoes each changeset and applies it again. Its events include the questions of `Proof.java`: it
     * continues only after each has been answered.
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
     * Adds the tag to the history as a separate row, never on a changeset's row: Liquibase's `tag` overwrites the tag
     * of an earlier release if nothing has changed since, and a changeset that runs again takes its tag along.
     */
    async mark(tag: string): Promise<void> {
        const row = { id: tag, author: "aurora-pipeline", file: internalFile };
        if (this.lockOwner !== undefined && (await this.markAtOnce(row))) {
            return;
        }
        const changeSet = {
            id: row.id,
            author: row.author,
            logicalFilePath: row.file,
            changes: [{ tagDatabase: { tag } }],
        };
        fs.writeFileSync(path.join(this.scratch, releaseFile), JSON.stringify({ databaseChangeLog: [{ changeSet }] }));
        const result = await this.run(["update", "--show-summary=off", `--changelog-file=${releaseFile}`]);
        if (result.exitCode !== 0) {
            throw explainFailure(`The tag ${tag} could not be set; nothing was applied`, result);
        }
    }

    /**
     * `MarkRelease.java`. Where it fails, the update that takes longer succeeds (an older version of Liquibase made the
     * tables; the row is there already) or says why not.
     */
    private async markAtOnce({ id, author, file }: ChangesetName): Promise<boolean> {
        const result = await this.run(["mark-release", `--tag=${id}`, `--author=${author}`, `--file=${file}`]);
        return result.exitCode === 0;
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

    private async preview(command: string[], undecided?: string[]): Promise<Preview> {
        const result = await this.runChangelog(command, { readOnly: true, undecided });
        const { source, allowCode } = this.settings;
        const { directory, jars } = this.changelog;
        const code = (allowCode ? allowedCode : refusedCode)({ source, directory, jars }, result.code);
        if (code.length > 0 && !allowCode) {
            throw new CodeRefusal("changelog", code, { describeCode });
        }
        if (result.exitCode !== 0) {
            throw this.refusal(result);
        }
        const { events, preconditions, known, unmet: objection, passedOver } = result;
        return { events, code, preconditions, known, objection, passedOver };
    }

    /** Why the changelog cannot be planned. Two changesets with one name come first: the second looks like an edit. */
    private refusal(result: LiquibaseResult): CodedError {
        const { messages, known, events } = result;
        const { changelogFile, directory } = this.changelog;
        const step = `Liquibase cannot plan ${changelogFile} in ${directory}`;
        const edited = editedChangesets(messages);
        const duplicates = duplicateNames(messages, known, edited);
        const really = edited.filter((changeset) => !duplicates.has(looseName(changeset)));
        const details = { exit: "refused", cause: new ToolRefusal(really) } as const;
        const last = events.at(-1);
        if (duplicates.size > 0 && edited.length > really.length) {
            const names = (known ?? []).filter((changeset) => duplicates.has(looseName(changeset))).map(keyOf);
            const cause = names.map((name) => `    ${name}`).join("\n");
            return new liquibaseErrors.ChangesetDuplicate({ step, cause }, details);
        }
        return last?.event === "willRollback" || last?.event === "rollbackFailed"
            ? new undoErrors.ChangesetNotUndoable({ changeset: keyOf(last), reason: rollbackReason(messages) }, details)
            : explainFailure(step, result, details);
    }

    private runChangelog(
        command: string[],
        { listener = "Events", ...options }: RunOptions & { listener?: string } = {},
    ): Promise<LiquibaseResult> {
        const { changelogFile, contexts, labelFilter } = this.changelog;
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

    /** Closes the connection of the running command, which then fails with this reason. */
    abort(why: string): void {
        this.connected.abort(why);
    }

    private run(command: string[], { readOnly = false, ...listeners }: RunOptions = {}): Promise<LiquibaseResult> {
        return this.connected.run([...this.globalArguments(readOnly), ...command], {
            ...listeners,
            adopted: this.adopted,
        });
    }

    private globalArguments(readOnly: boolean): string[] {
        return [
            "--analytics-enabled=false",
            "--show-banner=false",
            "--headless=true",
            // Dry runs show the changesets' statements, not Liquibase's bookkeeping.
            "--suppress-liquibase-sql=true",
            // Liquibase must not read the migrations directory's own file, which the delivery program has read. This
            // one contains the changelog's parameters.
            `--defaults-file=${this.defaultsFile}`,
            // Everything that a changelog can read: `Sources.java`.
            "--search-path=aurora-pipeline:sources",
            ...this.connection(readOnly),
        ];
    }

    private connection(readOnly: boolean): string[] {
        const { url, properties } = this.engine.jdbcConnection(this.settings, {
            readOnly,
            socketFactory: "aurorapipeline.Sockets",
        });
        const file = path.join(this.scratch, `connection-${readOnly ? "reading" : "writing"}.properties`);
        fs.writeFileSync(file, formatProperties(Object.entries(properties)));
        return [`--url=${url}`, `--driver-properties-file=${file}`];
    }
}

/**
 * The changelog's parameters as entries of Liquibase's defaults file. `-D` is unsuitable: it would also define settings
 * of Liquibase (`-Dliquibase.searchPath=…`).
 */
function parameterEntries({ parameters }: Changelog): [string, string][] {
    return Object.entries(parameters).map(([name, value]) => [`${parameterPrefix}${name}`, value]);
}

/** Java's own error names no place; the unfinished changeset is the culprit. */
export function tooDeep({ exitCode, events, messages }: CommandResult): string | undefined {
    const last = events.at(-1);
    return exitCode !== 0 &&
        last !== undefined &&
        (last.event === "willRun" || last.event === "willRollback") &&
        messages.some((message) => message.includes("java.lang.StackOverflowError"))
        ? `${keyOf(last)} is nested more deeply than Liquibase can read (StackOverflowError).`
        : undefined;
}

/** In the form in which Liquibase reports errors. */
function reported(why: string): string {
    return `Unexpected error running Liquibase: ${why}`;
}

/** If several rows have the tag, the last one: rolling back to it undoes least. Liquibase would take the first. */
function newest(tag: string): string[] {
    return [`--tag=${tag}`, "--tag-version=NEWEST"];
}
