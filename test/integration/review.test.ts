import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { git, removeTemporary } from "../scripts/local/support";
import { copyCheckout } from "../support/checkout";
import { commandsIn, fencesOf, shellBlocks } from "../support/documents";
import { nonEmpty } from "../support/nonEmpty";

// The README's change and one that blocks writes, as a branch that a person reviews at home, with the document's commands.

describe("the review of docs/review-and-approval.md", () => {
    let checkout: string;
    before(async () => {
        checkout = await copyCheckout({ toolchain: true });
        git(checkout, "update-ref", "refs/remotes/origin/main", "HEAD");
        const [example] = fencesOf("README.md").filter(({ language }) => language === "sql");
        const change = (name: string, text: string) =>
            writeFileSync(join(checkout, "migrations/changesets", name), text);
        change("008-product-weight.sql", example!.content);
        change(
            "009-by-name.sql",
            "--liquibase formatted sql\n\n--changeset ana:009-by-name\nCREATE INDEX products_name ON products (name);\n" +
                "--rollback DROP INDEX products_name;\n",
        );
    });
    after(removeTemporary);

    it("proves, lints and shows what the branch adds", () => {
        const checked = run("npm run check");
        assert.ok([0, 1].includes(checked.status ?? -1), checked.output);
        const statuses = nonEmpty(shellBlocks("docs/review-and-approval.md", false).flatMap(commandsIn)).map(
            (command): [string, number | null] => {
                const { status, output } = run(command);
                return [`${command}\n${status === 0 ? "" : output}`, status];
            },
        );
        // The linter's finding about the lock fails the review.
        assert.deepEqual(
            statuses.map(([, status]) => status),
            [0, 1, 0],
            statuses.join("\n"),
        );
        const comment = readFileSync(join(checkout, ".local/review/comment.md"), "utf8");
        assert.match(comment, /^## 2 changes of the database: \d errors?/m);
        assert.match(
            comment,
            /new: `[^`]*:008-product-weight` in `changesets\/008-product-weight\.sql`, rollback proven/,
        );
        assert.match(
            comment,
            /\*\*error\*\* `migrations\/changesets\/009-by-name\.sql:4` .* \(`require-concurrent-index-creation`\)/,
        );
    });

    function run(command: string): { status: number | null; output: string } {
        const { status, stdout, stderr } = spawnSync("bash", ["-c", command], {
            ...{ cwd: checkout, encoding: "utf8", timeout: 240_000 },
        });
        return { status, output: `${stdout}${stderr}` };
    }
});
