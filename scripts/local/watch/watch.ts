import { realpathSync } from "node:fs";
import { join, relative } from "node:path";
import { logLines } from "../../delivery/report/text";
import { localRuntimes } from "../codeBuild/runtimes";
import { SpareJava } from "../codeBuild/spareJava";
import type { Definition } from "../definition";
import { reportOf } from "../errors";
import { type LocalEnvironment, openLocalEnvironment } from "../localEnvironment";
import type { RunOptions } from "../options";
import { QuietProgress } from "../progress/quiet";
import { openSource, type Source } from "../source/source";
import { summarise } from "../summary";
import { Committed } from "./committed";
import { checkWatchable, checkWatchedTool } from "./options";
import { outcomeLines } from "./outcome";
import { Saves } from "./saves";
import { WatchedDatabase } from "./watchedDatabase";

/** Delivers the work tree, then again whenever a migration is saved, until interrupted; returns the exit status. */
export async function watch(options: RunOptions, first: Source, startedAt: Date): Promise<number> {
    const { progress, signal } = options;
    const check = (definition: Definition) => {
        checkWatchable(options.environment, definition);
        checkWatchedTool(definition);
    };
    const environment = await openLocalEnvironment(options, first, check);
    const committed = new Committed();
    let saves: Saves | undefined;
    let java: SpareJava | undefined;
    try {
        if (options.keep) environment.keep();
        const directory = watchedDirectory(first, environment);
        // A save during the first delivery is delivered after it.
        saves = await Saves.below(realpathSync(directory), signal);
        const database = new WatchedDatabase(environment, committed, directory, first.repository);
        const delivery = await database.deliver(options, first, startedAt);
        await summarise({ options, environment, ...delivery });
        if (signal.aborted) return interrupted;
        java = await SpareJava.open(localRuntimes().javaHome, environment.keptToolchain);
        environment.spareJava = java.socket;
        java.replenish();
        const shown = options.migrations ?? relative(first.repository, directory);
        progress.say(`Watching ${shown.replace(/[\\/]?$/, "/")} (Ctrl-C ends)`);
        return await followSaves(options, database, saves, java);
    } finally {
        await saves?.close();
        java?.close();
        committed.close();
        await environment.close();
    }
}

const interrupted = 130;

async function followSaves(
    options: RunOptions,
    database: WatchedDatabase,
    saves: Saves,
    java: SpareJava,
): Promise<number> {
    for (;;) {
        const paths = await saves.next();
        // No delivery was in progress.
        if (paths === undefined) return 0;
        await deliverSave(options, database);
        if (options.signal.aborted) return interrupted;
        java.replenish();
    }
}

/** An error in one save does not end the watch: the next save may correct it. */
async function deliverSave(options: RunOptions, database: WatchedDatabase): Promise<void> {
    const start = Date.now();
    const say = (line: string) => logLines(line).forEach((one) => options.progress.say(one));
    const quiet = new QuietProgress((line) => say(`  ${line}`));
    try {
        const source = await openSource({ ...options, repository: database.repository });
        if (database.has(source)) return;
        say(`${new Date().toLocaleTimeString("en-GB")} saved: delivering …`);
        const delivery = await database.deliver({ ...options, progress: quiet }, source);
        outcomeLines(delivery, quiet, Date.now() - start).forEach((line) => say(`  ${line}`));
    } catch (error) {
        if (options.signal.aborted) return;
        say(`  ${reportOf(error)}`);
    }
}

function watchedDirectory({ migrations, repository }: Source, { definition }: LocalEnvironment): string {
    return migrations?.directory ?? join(repository, definition.migrationsDirectory);
}
