import { Command, Option } from "commander";
import { openLocalDirectory } from "./directories";
import { interruptible } from "./interruptible";
import type { RunOptions } from "./options";
import { createProgress } from "./progress/live";
import { run } from "./run";

type Flags = { env: string } & Pick<
    RunOptions,
    "engine" | "migrations" | "tool" | "worktree" | "approve" | "rollbackTo" | "alarm" | "releases" | "keep" | "watch"
>;

const command = new Command("npm start --")
    .description(
        "Runs the last commit through the pipeline that `pulumi up` would create, into a real PostgreSQL or MySQL server.",
    )
    .addOption(new Option("--env <environment>", "whose pipeline runs: Pulumi.<environment>.yaml").default("dev"))
    .addOption(new Option("--engine <engine>", "database engine: postgres or mysql; by default the environment's"))
    .option("--migrations <directory>", "a directory of migrations, instead of the repository's")
    .option("--tool <tool>", "migration tool; by default the one that the --migrations are for, or the environment's")
    .option("--worktree", "the files in the checkout, committed or not, instead of the last commit")
    .option(
        "--approve",
        "approve the waiting plan. If its source has changed, a new plan waits instead (status 3). " +
            "If no plan is waiting, the plan of this run is approved unread",
    )
    .option("--rollback-to <tag>", "undo the release of this tag and everything after it")
    .option(
        "--alarm <names...>",
        "alarms that go off while the pipeline watches them after the deployment (bakeMinutes)",
    )
    .option("--releases", "list the releases in the local database, and deliver nothing")
    .option("--keep", "leave the database running; `npm stop` stops it")
    .option(
        "--watch",
        "keep running, and deliver the checkout again whenever a migration is saved. A pending change that is edited or " +
            "deleted after it was applied is undone first, unless it is in the last commit",
    )
    .addHelpText(
        "after",
        "\nExit status: 0 succeeded (with --watch: Ctrl-C between deliveries), 1 failed (also: the command line is wrong, " +
            "or another run is in progress), 2 a prerequisite is missing, 3 waiting for approval, 130 interrupted.",
    );

function main(): Promise<number> {
    const { env, ...flags } = command.parse().opts<Flags>();
    return interruptible(1, async (signal) => {
        return await run({
            environment: env,
            ...flags,
            local: openLocalDirectory(),
            progress: await createProgress(),
            signal,
        });
    });
}

// A run that ends without a verdict has not succeeded.
process.exitCode = 1;
// Pulumi's runtime leaves handles open that would keep the process.
void main().then((status) => process.exit(status));
