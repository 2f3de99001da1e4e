import assert from "node:assert/strict";
import { cleanUpOf } from "../../scripts/cleanUp";
import { inputOf, model } from "../awsRules/model";
import { missingPython } from "../support/aws/python";

/** Options of the AWS CLI itself. */
const general = ["query", "output", "max-items"];

describe("the commands of npm run clean-up", function () {
    this.timeout(120_000);

    before(function () {
        const reason = missingPython();
        if (reason !== undefined) {
            console.log(`    skipped: ${reason}`);
            this.skip();
        }
    });

    it("are calls that AWS's API models have, with members that they take", async () => {
        const { steps } = await cleanUpOf("prod");
        const script = steps
            .flatMap(({ commands }) => commands)
            .join("\n")
            .replace(/\\\n/g, " ");
        const calls = [...script.matchAll(/\baws ([a-z0-9]+) ([a-z0-9-]+)([^\n|]*)/g)];
        assert.ok(calls.length > 10);
        for (const [text, cli = "", command = "", rest = ""] of calls) {
            const service = cli === "s3api" ? "s3" : cli;
            const { operations, shapes } = model(service);
            const operation = Object.keys(operations).find((name) => isSame(name, command));
            assert.ok(operation, text);
            const members = Object.keys(shapes[inputOf(service, operation)]!.members ?? {});
            for (const [, option = ""] of rest.matchAll(/ --([a-z][a-z-]*)/g)) {
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
