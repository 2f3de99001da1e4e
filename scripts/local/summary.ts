import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Artifacts, Outputs } from "../../components/contract";
import type { Server } from "./database/server";
import type { Definition } from "./definition";
import { changesetTable, formatTable, type LastRun } from "./report";
import type { Execution } from "./executePipeline";
import type { RunOptions } from "./options";

interface Summary {
    options: RunOptions;
    definition: Definition;
    server: Server;
    execution: Execution;
    lastRun: LastRun;
    kept: boolean;
}

/** What a person reads at the end: how it went, what is in the database, and how to go on. */
export async function summarise(summary: Summary): Promise<void> {
    const { definition, server, execution } = summary;
    const lines = [
        "",
        ...(await changesetTable(server, definition.database)),
        "",
        ...formatTable(
            ["stage", "status", "seconds"],
            execution.record.stages.map(({ name, status, seconds }) => [name, status, seconds.toFixed(1)]),
        ),
        "",
        verdict(summary),
        ...howToGoOn(summary),
        ...howToConnect(summary),
        `Logs, artifacts and reports: ${execution.directory}`,
    ];
    for (const line of lines) summary.options.progress.say(line);
}

function verdict({ definition, execution, lastRun }: Summary): string {
    const { status, stages } = execution.record;
    const what = `Execution ${execution.id} of ${definition.pipeline.name}: ${status}`;
    if (status === "Failed") {
        const reasons = stages.flatMap((stage) => [stage.message, ...stage.actions.map(({ message }) => message)]);
        return `${what}. ${reasons.filter(Boolean).at(-1) ?? ""}`;
    }
    const { seconds, changesets, undone } = lastRun;
    return `${what} in ${seconds.toFixed(1)} s; changesets applied: ${changesets.length}, undone: ${undone.length}.`;
}

function howToGoOn({ options, execution, lastRun }: Summary): string[] {
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

function command({ environment, migrations, worktree }: RunOptions, last: string): string {
    const flags = [
        `--env ${environment}`,
        ...(migrations ? [`--migrations ${migrations}`] : []),
        ...(worktree ? ["--worktree"] : []),
        last,
    ];
    return `npm start -- ${flags.join(" ")}`;
}

/** Passwords are in a file of their own, so that no command that a person copies carries one. */
function howToConnect({ options, definition, server, kept }: Summary): string[] {
    const { name, user } = definition.database;
    const file = join(options.local.root, "pgpass");
    rememberPasswords(file, server, definition);
    const psql =
        `PGPASSFILE=${file} psql "host=${server.host} port=${server.port} dbname=${name} user=${user} ` +
        `sslmode=verify-full sslrootcert=${server.authority}"`;
    return [
        kept
            ? `The database runs on; "npm stop" stops it. To connect as its administrator: ${psql}`
            : `The database is stopped; "--keep" leaves it running. To connect then as its administrator: ${psql}`,
        ...definition.users.map(
            ({ name: builder, purpose, password }) =>
                `Who ${purpose}: user=${builder}, ` +
                (password === undefined
                    ? "by tokens of IAM, and only as long as a run lasts."
                    : "with the password in the same file."),
        ),
    ];
}

function rememberPasswords(file: string, { host, port }: Server, { database, users }: Definition): void {
    const escape = (text: string) => text.replace(/[\\:]/g, "\\$&");
    const server = `${host}:${port}:`;
    const own = [{ name: database.user, password: database.password }, ...users].flatMap(({ name, password }) =>
        password === undefined ? [] : [`${server}${[database.name, name, password].map(escape).join(":")}`],
    );
    const others = existsSync(file)
        ? readFileSync(file, "utf8")
              .split("\n")
              .filter((line) => line && !line.startsWith(server))
        : [];
    writeFileSync(file, [...others, ...own, ""].join("\n"), { mode: 0o600 });
}
