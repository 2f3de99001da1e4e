import { Command } from "commander";
import { printed } from "./cleanUp/print";
import { type StackNames, type Step, stepsFor } from "./cleanUp/steps";
import { reportOf } from "./local/errors";
import { evaluate, readProjectName } from "./local/evaluate";

// `npm run --silent clean-up -- --env prod`: what `pulumi destroy` leaves of a stack, and the commands that take it away, filled in.
// It evaluates the program as the local run does, and runs nothing.

const help = `
To keep the commands: npm run --silent clean-up -- --env prod > clean-up.sh
Without --silent, npm's own lines would be in that file.

Exit status: 0 printed, 2 refused: nothing was printed.`;

/** Of a stack as its config makes it. */
export async function cleanUpOf(stack: string): Promise<{ names: StackNames; steps: Step[] }> {
    const { region, resources } = await evaluate(stack);
    const names = { project: readProjectName(), stack, region };
    return { names, steps: stepsFor(names, resources) };
}

async function main(): Promise<number> {
    const { env } = new Command("npm run --silent clean-up --")
        .description(
            "Lists what `pulumi destroy` leaves of a stack, and prints the commands that delete it. It runs none of them.",
        )
        .requiredOption("--env <stack>", "the stack, as in Pulumi.<stack>.yaml")
        .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
        .addHelpText("after", help)
        .parse()
        .opts<{ env: string }>();
    try {
        const { names, steps } = await cleanUpOf(env);
        process.stdout.write(printed(names, steps));
        return 0;
    } catch (error) {
        console.error(reportOf(error));
        return 2;
    }
}

if (require.main === module) {
    void main().then((code) => (process.exitCode = code));
}
