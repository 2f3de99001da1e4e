import { join } from "node:path";
import { Command } from "commander";
import { checkout, openLocalDirectory } from "../local/directories";
import { interruptible } from "../local/interruptible";
import { createProgress } from "../local/progress/live";
import { baseline } from "./baseline";

const collect = (value: string, earlier: string[] = []) => [...earlier, value];

const command = new Command("npm run baseline --")
    .description(
        "Applies the changesets to a throwaway PostgreSQL and writes baseline.json: a database that has the same already only " +
            "gets them marked as run.",
    )
    .option("--migrations <directory>", "directory with a liquibase.properties", join(checkout, "migrations"))
    .option("--to-tag <tag>", "only the changesets up to the one that sets this tag (default: all)")
    .option("--catalog <file>", "catalog.json of the database, from the artifact of the action Plan, to compare with")
    .option("--generate", "first write changesets/000-baseline.sql from that catalog")
    .option("--accept <object>", 'an object that may differ, for example "table public.audit"; repeatable', collect)
    .option("--allow-code", "let changelogs run code from the repository, like allowCode in a stack's config")
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .addHelpText(
        "after",
        "\nExit status: 0 written, and the catalog, if given, is the same; 1 written, and the catalog differs; " +
            "2 nothing was written (also: the command line is wrong), 130 interrupted.",
    );

interface CommandLine {
    migrations: string;
    toTag?: string;
    catalog?: string;
    generate?: boolean;
    accept?: string[];
    allowCode?: boolean;
}

function main(): Promise<number> {
    const options = command.parse().opts<CommandLine>();
    return interruptible(2, async (signal) => {
        openLocalDirectory();
        const same = await baseline({ ...options, progress: await createProgress(), signal });
        return same ? 0 : 1;
    });
}

process.exitCode = 2;
void main().then((status) => process.exit(status));
