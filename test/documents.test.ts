import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { generated, withGenerated } from "../scripts/docs";
import { configKeys } from "../stacks/configKeys";
import {
    anchorsOf,
    commandsIn,
    documents,
    elsewhere,
    linksOf,
    needsAws,
    sessionDocuments,
    shellBlocks,
    textOf,
} from "./support/documents";
import { nonEmpty } from "./support/nonEmpty";

const root = path.join(__dirname, "..");
const pages = documents.filter((document) => document.startsWith("docs/"));

describe("the documents", () => {
    it("are found", () => {
        for (const document of ["README.md", "docs/guarantees.md", "examples/existing-vpc/README.md"]) {
            assert.ok(documents.includes(document), document);
        }
    });

    for (const part of nonEmpty(generated)) {
        it(`${part.file} says what the code says: ${part.opening}`, () => {
            const text = textOf(part.file);
            assert.equal(withGenerated(text, part), text);
        });
    }

    it("README.md is read in three minutes: at most 900 words, tables and code included", () => {
        const words = textOf("README.md").split(/\s+/).filter(Boolean).length;
        assert.ok(words <= 900, `${words} words`);
    });

    it("README.md links to every page of docs/", () => {
        const linked = linksOf("README.md").map((target) => target.replace(/#.*/, ""));
        assert.deepEqual(
            pages.filter((page) => !linked.includes(page)),
            [],
        );
    });

    it("docs/rollback.md says what the tag undoes, and what the next push does", () => {
        const text = textOf("docs/rollback.md").replace(/\s+/g, " ");
        assert.match(text, /The database is then as it was \*before\* that release/);
        assert.match(text, /The next push applies the undone changesets again\*\*.*revert or correct their commit/);
    });

    it("docs/operations.md promises no undo where docs/incidents.md says that one can be half done", () => {
        assert.match(textOf("docs/incidents.md"), /^### Half undone$/m);
        assert.match(textOf("docs/operations.md"), /what failed is undone already, unless the log says otherwise/);
    });

    for (const page of nonEmpty(pages)) {
        it(`${page} begins with the question that it answers`, () => {
            assert.match(textOf(page), /^# .+\n\n\*[^*]+\?\*\n\n/);
        });
    }

    for (const document of nonEmpty(documents)) {
        it(`${document} links to files and headings that exist`, () => {
            assert.deepEqual(
                linksOf(document).filter((target) => !exists(document, target)),
                [],
            );
        });

        it(`${document} names npm scripts that exist`, () => {
            const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
                scripts: Record<string, string>;
            };
            const named = [...textOf(document).matchAll(/npm run (?:--silent )?([\w:]+[\w:-]*)/g)].map(
                (match) => match[1]!,
            );
            assert.deepEqual(
                named.filter((name) => !(name in scripts)),
                [],
            );
        });

        it(`${document} keeps npm's own lines out of what it writes to a file or a pipe`, () => {
            const commands = [true, false].flatMap((aws) => shellBlocks(document, aws).flatMap(commandsIn));
            const piped = commands.filter((command) => /^npm (run|start|test)\b.*[>|]/.test(command));
            assert.deepEqual(
                piped.filter((command) => !/^npm \w+ --silent\b/.test(command)),
                [],
            );
        });
    }
});

describe("the shell commands of the documents", () => {
    for (const document of nonEmpty(documents)) {
        it(`${document}: each is run by a test, or marked ${needsAws}`, () => {
            const commands = shellBlocks(document, false).flatMap(commandsIn);
            const unknown = sessionDocuments.includes(document)
                ? []
                : commands.filter((command) => !(command in elsewhere));
            assert.equal(
                unknown.join("\n"),
                "",
                `Mark a block that needs an AWS account \`\`\`sh ${needsAws}; run any other command in a test, and name it in test/support/documents.ts.`,
            );
        });

        for (const [index, block] of shellBlocks(document, true).entries()) {
            it(`${document}: block ${index + 1} that needs AWS is a shell's syntax, with keys and outputs that exist`, () => {
                const { status, stderr } = spawnSync("bash", ["-n"], { input: block, encoding: "utf8" });
                assert.equal(status, 0, stderr);
                const wrong = commandsIn(block).flatMap((command) => [
                    ...unknownKeys(document, command),
                    ...unknownOutputs(command),
                ]);
                assert.deepEqual(wrong, []);
            });
        }
    }

    it("that other tests run are in those tests", () => {
        for (const [command, { file, as }] of nonEmpty(Object.entries(elsewhere))) {
            assert.ok(
                readFileSync(path.join(root, file), "utf8").includes(as ?? command),
                `${file} does not run ${command}`,
            );
        }
    });

    it("are all asked for: no list names a command that no document has", () => {
        const commands = documents.flatMap((document) => shellBlocks(document, false).flatMap(commandsIn));
        assert.deepEqual(
            Object.keys(elsewhere).filter((command) => !commands.includes(command)),
            [],
        );
    });
});

/** Whether a link leads somewhere; what is on the internet is not looked at. */
function exists(document: string, target: string): boolean {
    if (/^(https?|mailto):/.test(target)) {
        return true;
    }
    const [file = "", anchor] = decodeURIComponent(target).split("#");
    const linked = file === "" ? document : path.posix.join(path.posix.dirname(document), file);
    if (!existsSync(path.join(root, linked))) {
        return false;
    }
    return anchor === undefined || (linked.endsWith(".md") && anchorsOf(linked).includes(anchor));
}

/** Keys of `pulumi config set` that this program does not have; an example has keys of its own. */
function unknownKeys(document: string, command: string): string[] {
    if (document.startsWith("examples/")) {
        return [];
    }
    const keys = [...command.matchAll(/pulumi config (?:set|rm) (?:aurora-pipeline:)?(\S+)/g)].map(
        (match) => match[1]!,
    );
    return keys.filter((key) => !key.startsWith("aws:") && !(configKeys as string[]).includes(key));
}

function unknownOutputs(command: string): string[] {
    const program = readFileSync(path.join(root, "stacks/environment.ts"), "utf8");
    const outputs = [...command.matchAll(/pulumi stack output (\w+)/g)].map((match) => match[1]!);
    return outputs.filter((output) => !new RegExp(`^ {4}${output}\\??: pulumi\\.Output<`, "m").test(program));
}
