import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeTemporary } from "../scripts/local/support";
import { copyCheckout } from "../support/checkout";
import { commandsIn, elsewhere, fencesOf, sessionDocuments, shellBlocks } from "../support/documents";
import { nonEmpty } from "../support/nonEmpty";

// What a newcomer types, in a fresh checkout and in the order in which the documents have it. What it does not prove: that
// the first command installs everything on a machine that has nothing yet; CI does, on machines of their own.

/** Commands that succeed with another exit status than 0. */
const exits: Record<string, number> = { "npm start -- --env prod": 3 };

describe("the commands of the documents, one after the other", () => {
    let checkout: string;
    const outputs = new Map<string, string[]>();

    before(async () => {
        checkout = await copyCheckout();
    });
    after(() => {
        run("npm stop");
        removeTemporary();
    });

    for (const [document, command] of nonEmpty(session())) {
        it(`${document}: ${command}`, () => {
            // The README has the change before the command that checks it.
            if (command === "npm run check") writeExample();
            const { status, output } = run(command);
            assert.equal(status, exits[command] ?? 0, output);
            outputs.set(command, [...(outputs.get(command) ?? []), output]);
        });
    }

    it("README.md: npm start prints what is shown there", () => {
        const [shown] = fencesOf("README.md").filter(({ language }) => language === "text");
        const printed = outputs.get("npm start")?.[0] ?? "";
        const lines = withoutValues(printed).split("\n");
        let from = 0;
        // What it leaves out, it says.
        for (const expected of nonEmpty(withoutValues(shown!.content).trimEnd().split("\n  …\n"))) {
            const part = expected.split("\n").filter((line, index) => index > 0 || line !== "");
            const start = lines.indexOf(part[0]!, from);
            assert.deepEqual(lines.slice(start, start + part.length), part);
            from = start + part.length;
        }
    });

    it("README.md: the linter has nothing against the change of the example", () => {
        assert.match(outputs.get("npm start")?.[1] ?? "", /Lint of 1 changeset: 0 errors, 0 warnings, 0 waived$/m);
    });

    it("README.md: the change of the example reached prod when it was approved", () => {
        assert.match(outputs.get("npm start -- --env prod --approve")?.[0] ?? "", /Applied .*008-product-weight/);
    });

    function writeExample(): void {
        const [example] = fencesOf("README.md").filter(({ language }) => language === "sql");
        writeFileSync(join(checkout, "migrations/changesets/008-product-weight.sql"), example!.content);
    }

    function run(command: string): { status: number | null; output: string } {
        const identity = { GIT_AUTHOR_NAME: "Ana", GIT_AUTHOR_EMAIL: "ana@example.com" };
        const committer = { GIT_COMMITTER_NAME: "Ana", GIT_COMMITTER_EMAIL: "ana@example.com" };
        const { status, stdout, stderr } = spawnSync("bash", ["-c", command], {
            cwd: checkout,
            encoding: "utf8",
            // One that does not end would keep the whole run from ending.
            timeout: 240_000,
            env: { ...process.env, ...identity, ...committer },
        });
        return { status, output: `${stdout}${stderr}` };
    }
});

/** What is run, with its document; what the first document has, the others need not run again. */
function session(): [document: string, command: string][] {
    const commands = sessionDocuments.map((document) =>
        shellBlocks(document, false)
            .flatMap(commandsIn)
            .filter((command) => !(command in elsewhere)),
    );
    return sessionDocuments.flatMap((document, index) =>
        commands[index]!.filter((command) => index === 0 || !commands[0]!.includes(command)).map(
            (command): [string, string] => [document, command],
        ),
    );
}

/** Text without what differs from run to run: times, numbers, ids of executions and releases. */
function withoutValues(text: string): string {
    return text
        .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<execution>")
        .replace(/release-[0-9a-f]{7}-[0-9a-f]{8}/g, "<release>")
        .replace(/\d+\.\d/g, "<seconds>");
}
