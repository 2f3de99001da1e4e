import * as assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changelogOf, changeset, checked, migrationsWith } from "../support/checks";
import { beforeDelivery, type Project } from "../support/delivery";

const size = 1_000;
const oneTable = (number: number) =>
    changeset(
        `t${number}`,
        `CREATE TABLE t${number} (id bigint PRIMARY KEY, name text NOT NULL)`,
        `DROP TABLE t${number}`,
    );

/** Changesets as old changelogs have them: tables, rows of reports with placeholders, columns that are dropped. */
function oldChangelog(): string[] {
    return Array.from({ length: size }, (_, number) => {
        const table = number - (number % 4);
        switch (number % 4) {
            case 0:
                return oneTable(number);
            case 1:
                return `--changeset a:t${number}\nINSERT INTO t${table} VALUES (1, 'SELECT * FROM x WHERE y = \${officeId}');\n--rollback DELETE FROM t${table};\n`;
            case 2:
                return `--changeset a:t${number}\nUPDATE t${table} SET name = 'report ${number}' WHERE id = 1;\n`;
            default:
                return changeset(`t${number}`, `CREATE INDEX i${number} ON t${table} (name)`, `DROP INDEX i${number}`);
        }
    });
}

describe(`a changelog of ${size} changesets`, () => {
    describe("is delivered", () => {
        let project: Project;
        beforeDelivery(async (delivery) => {
            project = await delivery.project();
            project.write(changelogOf(oldChangelog()));
        });

        const lines = (output: string) => output.split("\n").length;

        it("with a plan whose log and page are a summary", async () => {
            const output = await project.buildEnding(0, "plan");
            assert.ok(lines(output) < 150, output);
            assert.match(output, /… and 950 more, in plan\.json/);
            assert.match(output, /… and 245 more of rollback-missing, in plan\.json/);
            assert.equal(project.plan().changes.length, size);
            const page = project.artifact("plan.html");
            assert.ok(Buffer.byteLength(page) < 1_000_000, `${Buffer.byteLength(page)} bytes`);
            assert.ok(page.indexOf('id="findings"') < page.indexOf('id="changes"'), "the findings come first");
        });

        it("with a deployment that shows how far it is, and has all in its record", async () => {
            const output = await project.buildEnding(0, "deploy");
            assert.ok(lines(output) < 100, output);
            assert.match(output, /Applied 1000 changesets; each with its time in deployment\.json/);
            assert.equal(project.deployment().changesets.length, size);
        });
    });

    describe("is checked", () => {
        let scratch: string;
        before(() => {
            scratch = mkdtempSync(join(tmpdir(), "check-test-"));
        });
        after(() => rmSync(scratch, { recursive: true, force: true }));

        it("in a time that grows with the number of changesets", async () => {
            const seconds: number[] = [];
            for (const number of [size / 4, size]) {
                const directory = migrationsWith(
                    scratch,
                    changelogOf(Array.from({ length: number }, (_, i) => oneTable(i))),
                );
                const { report, lines } = await checked(directory, join(scratch, "report"));
                assert.equal(report.passed, true, lines.join("\n"));
                assert.ok(lines.length < 50, lines.join("\n"));
                seconds.push(report.seconds);
            }
            const [few = 0, many = 0] = seconds;
            console.log(`      ${size / 4} changesets in ${few.toFixed(1)} s, ${size} in ${many.toFixed(1)} s`);
            // Twice as much as linear is the noise of a machine that others use.
            assert.ok(many < few * 4 * 2, `${few.toFixed(1)} s, ${many.toFixed(1)} s`);
        });
    });
});
