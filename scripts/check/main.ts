import { join } from "node:path";
import { Command, Option } from "commander";
import { checkout, openLocalDirectory } from "../local/directories";
import { interruptible } from "../local/interruptible";
import { createProgress } from "../local/progress/live";
import { check } from "./check";
import { trialEngines } from "./trialEngines";

const command = new Command("npm run check --")
    .description(
        "Applies each changeset to a throwaway server, undoes it, and proves that nothing remains of it; lints what is new.",
    )
    .addOption(
        new Option("--engine <engine>", "the server's engine").choices(Object.keys(trialEngines)).default("postgres"),
    )
    .option("--migrations <directory>", "directory with a liquibase.properties (default: the engine's sample)")
    .option("--output <directory>", "where report.json and junit.xml go", join(checkout, ".local", "check"))
    .option("--administrator", "run changesets as the database's administrator, if your builds do")
    .option(
        "--since <commit>",
        "lint the changesets that this commit does not have (default: the branch's upstream, else the branch that the " +
            "pull request goes to, else the remote's default branch, else the last commit)",
    )
    .option("--allow-code", "let changelogs run code from the repository, like allowCode in a stack's config")
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .addHelpText(
        "after",
        "\nExit status: 0 every rollback is proven, every check in verify/ holds, and lint has no error, 1 findings, " +
            "2 the check could not run (also: the command line is wrong), 130 interrupted.",
    );

function main(): Promise<number> {
    const options = command.parse().opts<{
        engine: keyof typeof trialEngines;
        migrations?: string;
        output: string;
        administrator?: boolean;
        since?: string;
        allowCode?: boolean;
    }>();
    return interruptible(2, async (signal) => {
        // The contents of .local/ are private to the user.
        openLocalDirectory();
        const migrations = options.migrations ?? join(checkout, trialEngines[options.engine].sample);
        const { passed } = await check({ ...options, migrations, progress: await createProgress(), signal });
        return passed ? 0 : 1;
    });
}

// A check that ends without a verdict has not passed.
process.exitCode = 2;
void main().then((status) => process.exit(status));
