import * as assert from "node:assert/strict";
import { join } from "node:path";
import { git, removeTemporary, temporaryDirectory, write } from "../scripts/local/support";
import { changelogOf, changeset, checked, migrationsWith, verdicts } from "../support/checks";

describe("npm run check of a release after others", () => {
    let scratch: string;
    before(() => {
        scratch = temporaryDirectory();
    });
    after(removeTemporary);

    it("lints what was edited after it was pushed, against the database that the push made", async () => {
        const table = changeset("t", "CREATE TABLE t (id bigint PRIMARY KEY, a text, b text)", "DROP TABLE t");
        const view = (columns: string) =>
            changeset("v", `CREATE OR REPLACE VIEW v AS SELECT ${columns} FROM t`, "DROP VIEW v", "runOnChange:true");
        const dependent = changeset("w", "CREATE VIEW w AS SELECT a FROM v", "DROP VIEW w");
        const migrations = migrationsWith(scratch, changelogOf([table, view("id, a, b"), dependent]));
        git(migrations, "init", "--quiet");
        git(migrations, "add", ".");
        git(migrations, "commit", "--quiet", "-m", "All");
        git(migrations, "tag", "pushed");
        write(migrations, changelogOf([table.replace("b text", "c text"), view("id, a"), dependent]));
        const { report } = await checked(migrations, join(scratch, "report"), { since: "pushed" });
        assert.deepEqual(
            report.lint.findings.map(({ rule, what }) => `${rule}: ${what}`),
            [
                "view-columns: The view v loses or renames b; public.w depends on it: CREATE OR REPLACE VIEW v AS SELECT id, a FROM t",
                "edited-changeset: It was edited after it was pushed: a database that has run it refuses it.",
            ],
        );
        assert.deepEqual([report.passed, verdicts(report)["a:w"]], [false, "Proven schema"]);
    });
});
