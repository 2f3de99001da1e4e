import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { count } from "../delivery/changesets";
import { Log } from "../delivery/report/log";
import { stopServerIn } from "./database/localEngines";
import { type LocalDirectory, openLocalDirectory } from "./directories";
import { takeLock } from "./lock";
import { reportOf } from "./errors";
import { resetDatabase } from "./reset";
import { State } from "./state";

const log = new Log();

const command = new Command("npm stop --")
    .description("Stops the databases that `npm start -- --keep` left running. Their data stays.")
    .option(
        "--reset",
        "also delete the local databases of this checkout, and the plans that wait for approval: the next `npm start` " +
            "starts with empty ones",
    )
    .addHelpText(
        "after",
        "\nExit status: 0 stopped (and reset), or there was none; 1 failed (also: the command line is wrong, " +
            "or a local run is in progress), 2 a prerequisite is missing.",
    );

async function main(): Promise<void> {
    const { reset = false } = command.parse().opts<{ reset?: boolean }>();
    const local = openLocalDirectory();
    const unlock = takeLock(local.lock);
    try {
        await (reset ? resetAll(local) : stopAll(local));
    } finally {
        unlock();
    }
}

/** Stops the servers that `--keep` left running. */
async function stopAll(local: LocalDirectory): Promise<void> {
    const state = State.open(local.state);
    let stopped = 0;
    for (const name of readdirSync(local.postgres)) {
        if (await stopServerIn(join(local.postgres, name))) {
            stopped++;
            log.line(`Stopped the database of ${name}.`);
        }
        state.updateServer(name, { kept: false });
    }
    if (stopped === 0) log.line("No database is running.");
}

async function resetAll(local: LocalDirectory): Promise<void> {
    const state = State.open(local.state);
    const names = readdirSync(local.postgres);
    for (const name of names) {
        const { plans } = await resetDatabase(local, name);
        state.updateServer(name, { kept: false });
        const waited = plans === 0 ? "" : ` and ${count(plans, "plan")} that waited for approval`;
        log.line(`Deleted the database of ${name}${waited}.`);
    }
    if (names.length === 0) log.line("There is no local database.");
}

main().catch((error: unknown) => {
    log.failure(reportOf(error));
    process.exit(1);
});
