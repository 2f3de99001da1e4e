import { relative } from "node:path";
import { Command } from "commander";
import { profiles } from "../../stacks/settings";
import { Log } from "../delivery/report/log";
import { checkout } from "../local/directories";
import { reportOf } from "../local/errors";
import { newEnvironment, nextSteps } from "./environment";

const command = new Command("npm run new-environment --")
    .description("Writes the config of another stack, Pulumi.<name>.yaml, with the source of the existing ones.")
    .argument("<name>", "name of the stack: staging")
    .option("--profile <profile>", `profile of the stack: ${Object.keys(profiles).join(" or ")}`, "dev")
    .showHelpAfterError("For example: npm run new-environment -- staging")
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .addHelpText(
        "after",
        "\nExit status: 0 written, 2 rejected (also: the command line is wrong): nothing was written.",
    );

try {
    const { profile } = command.parse().opts<{ profile: string }>();
    const [name = ""] = command.args;
    const file = relative(process.cwd(), newEnvironment({ name, profile, program: checkout }));
    console.log(`Wrote ${file} with the profile ${profile} (stacks/${profile}.ts). Next:`);
    nextSteps({ name, program: checkout }).forEach((step, index) => console.log(`  ${index + 1}. ${step}`));
} catch (error) {
    new Log().failure(reportOf(error));
    process.exitCode = 2;
}
