import assert from "node:assert/strict";
import { cleanUpOf } from "../../scripts/cleanUp";
import { inputOf, model } from "../awsRules/model";
import { skipWithoutPython } from "../support/aws/python";
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

/** Whether an option or a command is the CLI's name for a name of the API. */
function isSame(api: string, cli: string): boolean {
    return api.toLowerCase() === cli.replaceAll("-", "");
}
