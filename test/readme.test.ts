import * as assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { generated, withGenerated } from "../scripts/docs";

const root = path.join(__dirname, "..");
const documents = ["README.md", "CONTRIBUTING.md", "docs/lint.md"];

describe("the documents", () => {
    for (const part of generated) {
        it(`${part.file} says what the code says: ${part.opening}`, () => {
            const text = readFileSync(path.join(root, part.file), "utf8");
            assert.equal(withGenerated(text, part), text);
        });
    }

    for (const document of documents) {
        const text = readFileSync(path.join(root, document), "utf8");

        it(`${document} links to files that are there`, () => {
            const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? "");
            assert.deepEqual(
                targets.filter((target) => !existsSync(path.join(root, target))),
                [],
            );
        });

        it(`${document} names npm scripts that are there`, () => {
            const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
                scripts: Record<string, string>;
            };
            const named = [...text.matchAll(/npm run ([\w:]+)/g)].map((match) => match[1] ?? "");
            assert.deepEqual(
                named.filter((name) => !(name in scripts)),
                [],
            );
        });
    }
});
