import { existsSync } from "node:fs";
import { join } from "node:path";
import { Artifacts, Outputs } from "../../components/contract";
import { someOf } from "../delivery/changesets";
import { type HistoryRow, releasesIn } from "../delivery/history";
import { visible } from "../delivery/report/text";
import { localEngineOf } from "./database/localEngines";
import { findingLines } from "./findings";
import { uncommittedFiles } from "./source/git";
import { checkout } from "./directories";
import { changesetTable, formatTable, type LastRun } from "./report";
import type { Execution } from "./executePipeline";
import type { LocalEnvironment } from "./localEnvironment";
import type { RunOptions } from "./options";

interface Summary {
    options: RunOptions;
    environment: LocalEnvironment;
    execution: Execution;
    lastRun: LastRun;
}

/** What a person reads at the end: how it went, what is in the database, and how to go on. */
export async function summarise(summary: Summary): Promise<void> {
    const { execution } = summary;
    const { definition, server } = summary.environment;
    const { worktree, migrations, repository = checkout } = summary.options;
    const everything = worktree === true || migrations !== undefined;
    const left = everything ? [] : await uncommittedFiles(repository, definition.migrationsDirectory);
    const lines = [
        "",
        ...(await changesetTable(server, definition.database)),
        "",
        ...formatTable(
            ["stage", "status", "seconds"],
            execution.record.stages.map(({ name, status, seconds }) => [name, status, seconds.toFixed(1)]),
        ),
        "",
        ...findingLines(execution.artifacts),
        verdict(definition.pipeline.name, execution, summary.lastRun),
        ...leftOut(left),
        ...howToGoOn(summary),
        ...howToConnect(summary),
        `Logs, artifacts and reports: ${execution.directory}`,
        ...failures(execution.record),
    ];
    for (const line of lines) summary.options.progress.say(line);
}

/** The releases that a rollback can name, the newest first. */
export function releaseTable(history: HistoryRow[]): string[] {
    const releases = releasesIn(history);
    return releases.length === 0
        ? ["No release is in this database."]
        : formatTable(
              ["release", "deployed at (UTC)", "changesets"],
              releases.map(({ tag, at = "", changes }) => [tag, at, String(changes.length)]),
          );
}

export function verdict(
    pipeline: string,
    { id, record: { status } }: { id: string; record: Pick<Execution["record"], "status"> },
    { seconds, changesets, undone }: Pick<LastRun, "seconds" | "changesets" | "undone">,
): string {
    const what = `Execution ${id} of ${pipeline}: ${status}`;
    if (status === "Failed") return `${what}.`;
    const time = `${what} in ${seconds.toFixed(1)} s`;
    // A build that was stopped delivers no record.
    return status === "Stopped"
        ? `${time}. The table above has the changesets that were applied.`
        : `${time}; changesets applied: ${changesets.length}, undone: ${undone.length}.`;
}

/** What somebody may have expected to be delivered. */
export function leftOut(files: string[]): string[] {
    return files.length === 0
        ? []
        : [
              `Not committed, so not delivered: ${someOf(files.map(visible))}. \`--worktree\` delivers the files as they are.`,
          ];
}

/** The last that a person reads of a failed run: where it failed, why, and what to do next. */
function failures({ status, stages }: Execution["record"]): string[] {
    if (status !== "Failed") return [];
    return stages
        .filter((stage) => stage.status === "Failed")
        .flatMap(({ name: stage, message, actions }) => [
            ...(message ? [`Failed in ${stage}: ${message}`] : []),
            ...actions
                .filter((action) => action.status === "Failed")
                .map(
                    ({ name, message: why }) => `Failed in ${name === stage ? name : `${stage}/${name}`}: ${why ?? ""}`,
                ),
        ]);
}

function howToGoOn({ options, execution, lastRun }: Summary): string[] {
    const lasting = (lastRun.irreversible ?? []).map(({ file, id, author }) => visible(`${file}::${id}::${author}`));
    if (lastRun.releaseId && lastRun.changesets.length > 0 && lasting.length > 0) {
        return [`This release cannot be undone, because these changesets have no rollback: ${someOf(lasting)}`];
    }
    if (lastRun.releaseId && lastRun.changesets.length > 0) {
        return [`To undo this release: ${command(options, `--rollback-to ${lastRun.releaseId}`)}`];
    }
    if (execution.record.status !== "InProgress") return [];
    // A rehearsal's page is the plan's with what it measured.
    const plan = [Artifacts.rehearsal, Artifacts.deployPlan, Artifacts.rollbackPlan]
        .map((artifact) => join(execution.artifacts.directory(artifact), Outputs.planHtml))
        .find((page) => existsSync(page));
    return [
        ...(execution.unread ? [`${execution.unread}: read the new one, then approve again.`] : []),
        plan ? `It waits for approval. The plan: ${plan}` : "It waits for approval.",
        `To approve it: ${command(options, "--approve")}`,
    ];
}

function command({ environment, engine, migrations, worktree }: RunOptions, last: string): string {
    const flags = [
        `--env ${environment}`,
        ...(engine ? [`--engine ${engine}`] : []),
        ...(migrations ? [`--migrations ${migrations}`] : []),
        ...(worktree ? ["--worktree"] : []),
        last,
    ];
    return `npm start -- ${flags.join(" ")}`;
}

function howToConnect({ options, environment }: Summary): string[] {
    const { definition, server } = environment;
    const { database, users } = definition;
    const connect = localEngineOf(database).connectCommand(server, database, options.local.root, users);
    return [
        `${whetherItRuns(options, environment)} as its administrator: ${connect}`,
        ...users.map(
            ({ name: builder, purpose, password }) =>
                `Who ${purpose}: user=${builder}, ` +
                (password === undefined
                    ? "with IAM tokens, and only during a run."
                    : "with the password in the same file."),
        ),
    ];
}

function whetherItRuns({ watch }: RunOptions, environment: LocalEnvironment): string {
    if (watch) return "The database runs until you stop watching. To connect";
    return environment.isKept()
        ? 'The database keeps running; "npm stop" stops it. To connect'
        : 'The database is stopped; "--keep" leaves it running. To connect then';
}
