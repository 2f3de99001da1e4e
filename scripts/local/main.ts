import { Command, Option } from "commander";
import { Log } from "../delivery/report/log";
import { openLocalDirectory } from "./directories";
import { messageOf, UserError } from "./errors";
import type { RunOptions } from "./options";
import { createProgress } from "./progress/create";
import { run } from "./run";

type Flags = { env: string } & Pick<
    RunOptions,
    "engine" | "migrations" | "worktree" | "approve" | "rollbackTo" | "keep"
>;

const command = new Command("npm start --")
    .description("Takes the last commit through the pipeline that `pulumi up` would create, to an embedded PostgreSQL.")
    .addOption(new Option("--env <environment>", "whose pipeline runs: Pulumi.<environment>.yaml").default("dev"))
    .addOption(new Option("--engine <engine>", "engine to run as: postgres"))
    .option("--migrations <directory>", "a directory with a liquibase.properties, instead of the repository's own")
    .option("--worktree", "what lies in the checkout, committed or not, instead of the last commit")
    .option(
        "--approve",
        "approve the plan that waits. When its source has changed, a new plan waits instead (status 3). " +
            "When no plan waits, the one that this run makes is approved unread",
    )
    .option("--rollback-to <tag>", "undo the release of this tag and everything after it")
    .option("--keep", "leave the database running; `npm stop` stops it")
    .addHelpText(
        "after",
        "\nExit status: 0 succeeded, 1 failed (also: another run is under way), 3 waiting for approval, 130 interrupted.",
    );

async function main(): Promise<number> {
    const { env, ...flags } = command.parse().opts<Flags>();
    const controller = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => controller.abort());
    try {
        return await run({
            environment: env,
            ...flags,
            local: openLocalDirectory(),
            progress: await createProgress(),
            signal: controller.signal,
        });
    } catch (error) {
        if (controller.signal.aborted) {
            new Log().failure("Interrupted.");
            return 130;
        }
        new Log().failure(error instanceof UserError ? error.message : ((error as Error).stack ?? messageOf(error)));
        return 1;
    }
}

// A run that ends without a verdict has not succeeded.
process.exitCode = 1;
// Pulumi's runtime leaves handles open that would keep the process.
void main().then((status) => process.exit(status));
