import { join, relative } from "node:path";
import { Command } from "commander";
import { Log } from "../delivery/report/log";
import { checkout } from "../local/directories";
import { reportOf } from "../local/errors";
import { newMigration } from "./migration";

const command = new Command("npm run new-migration --")
    .description("Writes the next changelog file, in formatted SQL.")
    .argument("<description>", 'what the change does: "add orders table"')
    .option("--migrations <directory>", "directory with a liquibase.properties", join(checkout, "migrations"))
    .option("--author <name>", "author of the changeset; by default user.name of Git")
    .option("--folder <folder>", "folder within the migrations directory; by default that of the newest numbered file")
    .showHelpAfterError('For example: npm run new-migration -- "add orders table"')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .addHelpText(
        "after",
        "\nExit status: 0 written, 2 rejected (also: the command line is wrong): nothing was written.",
    );

/** Options of the command line. */
interface Options {
    migrations: string;
    author?: string;
    folder?: string;
}

try {
    const options = command.parse().opts<Options>();
    const [description = ""] = command.args;
    const file = relative(process.cwd(), newMigration({ ...options, description }));
    const here = options.migrations === join(checkout, "migrations") ? "" : ` -- --migrations ${options.migrations}`;
    console.log(`Wrote ${file}. Next:`);
    console.log("  1. Write the SQL and its rollback there.");
    console.log(`  2. npm run check${here}   # lints it, applies it, undoes it, compares the catalog`);
    console.log(
        `  3. npm start -- --worktree${here.replace(" --", "")}   # runs it through the pipeline on this machine`,
    );
} catch (error) {
    new Log().failure(reportOf(error));
    process.exitCode = 2;
}
