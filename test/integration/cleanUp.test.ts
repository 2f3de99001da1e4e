import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cleanUpOf } from "../../scripts/cleanUp";
import { inputOf, model } from "../awsRules/model";
import { skipWithoutPython } from "../support/aws/python";
import { commandsIn, shellBlocks } from "../support/documents";
import { nonEmpty } from "../support/nonEmpty";

/** Options of the AWS CLI itself. */
const general = ["query", "output", "max-items"];

describe("the commands of npm run clean-up", function () {
    this.timeout(120_000);

    skipWithoutPython();

    it("are calls that AWS's API models have, with members that they take", async () => {
        const { steps } = await cleanUpOf("prod");
        const script = steps
            .flatMap(({ commands }) => commands)
            .join("\n")
            .replace(/\\\n/g, " ");
        const calls = [...script.matchAll(/\baws ([a-z0-9]+) ([a-z0-9-]+)([^\n|]*)/g)];
        assert.ok(calls.length > 10);
        for (const [text, cli = "", command = "", rest = ""] of nonEmpty(calls)) {
            const service = cli === "s3api" ? "s3" : cli;
            const { operations, shapes } = model(service);
            const operation = Object.keys(operations).find((name) => isSame(name, command));
            assert.ok(operation, text);
            const members = Object.keys(shapes[inputOf(service, operation)]!.members ?? {});
            // Some calls have none.
            const options = [...rest.matchAll(/ --([a-z][a-z-]*)/g)];
            for (const [, option = ""] of options) {
                assert.ok(
                    general.includes(option) || members.some((member) => isSame(member, option)),
                    `${text}: ${option}`,
                );
            }
        }
    });
});

describe("npm run clean-up, as a command,", () => {
    it("prints, and runs nothing by itself", () => {
        // Without a PATH no command could run; what it prints is whole all the same.
        const { status, stdout, stderr } = spawnSync(
            process.execPath,
            ["-r", "ts-node/register/transpile-only", "scripts/cleanUp.ts", "--env", "prod"],
            { encoding: "utf8", env: { PATH: "" } },
        );
        assert.equal(status, 0, stderr);
        assert.match(stdout, /^# What `pulumi destroy` leaves of the stack prod of aurora-pipeline/);
        assert.match(stdout, /None of this has been run/);
    });

    it("writes a script and nothing else to the file of the documented command", () => {
        const [command = ""] = shellBlocks("docs/operations.md", true)
            .flatMap(commandsIn)
            .filter((line) => line.includes("clean-up"));
        const [run = "", file] = command.split(" > ");
        assert.equal(file, "clean-up.sh");
        const { status, stdout, stderr } = spawnSync("bash", ["-c", run], { encoding: "utf8" });
        assert.equal(status, 0, stderr);
        assert.match(stdout, /^# What `pulumi destroy` leaves/);
        assert.doesNotMatch(stdout, /^>/m);
    });

    it("documents its exit status, and how to keep npm's lines out of a file", () => {
        const call = (...args: string[]) =>
            spawnSync(process.execPath, ["-r", "ts-node/register/transpile-only", "scripts/cleanUp.ts", ...args], {
                encoding: "utf8",
            });
        const { status, stdout } = call("--help");
        assert.equal(status, 0);
        assert.match(stdout, /Exit status: 0 printed, 2 refused: nothing was printed\./);
        assert.match(stdout, /npm run --silent clean-up -- --env prod > clean-up\.sh/);
        assert.equal(call().status, 2);
    });

    it("says which stacks it knows nothing of", () => {
        const { status, stderr } = spawnSync(
            process.execPath,
            ["-r", "ts-node/register/transpile-only", "scripts/cleanUp.ts", "--env", "staging"],
            { encoding: "utf8" },
        );
        assert.equal(status, 2);
        assert.equal(
            stderr,
            'AP3003: There is no Pulumi.staging.yaml: the environment "staging" is unknown. Allowed: dev, prod.\n',
        );
    });
});

/** Whether an option or a command is the CLI's name for a name of the API. */
function isSame(api: string, cli: string): boolean {
    return api.toLowerCase() === cli.replaceAll("-", "");
}
