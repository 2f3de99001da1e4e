import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { Log } from "../delivery/report/log";
import { stopServerOf } from "./database/server";
import { openLocalDirectory } from "./directories";
import { takeLock } from "./lock";
import { messageOf } from "./errors";
import { State } from "./state";

const log = new Log();

const command = new Command("npm stop --")
    .description("Stops the databases that `npm start -- --keep` left running. Their data stays.")
    .addHelpText("after", "\nExit status: 0 stopped, or none was running; 1 failed (also: a local run is under way).");

/** Stops the servers that `--keep` left running. */
async function main(): Promise<void> {
    command.parse();
    const local = openLocalDirectory();
    const unlock = takeLock(local.lock);
    try {
        const state = State.open(local.state);
        let stopped = 0;
        for (const name of readdirSync(local.postgres)) {
            if (await stopServerOf(join(local.postgres, name))) {
                stopped++;
                log.line(`Stopped the database of ${name}.`);
            }
            state.updateServer(name, { kept: false });
        }
        if (stopped === 0) log.line("No database is running.");
    } finally {
        unlock();
    }
}

main().catch((error: unknown) => {
    log.failure(messageOf(error));
    process.exit(1);
});
