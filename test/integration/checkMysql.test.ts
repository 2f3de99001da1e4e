import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CheckReport } from "../../scripts/check/report";
import { changelogOf, changeset, checked, migrationsWith, verdicts } from "../support/checks";
import { root } from "../support/program";

describe("npm run check with MySQL", function () {
    this.timeout(300_000);
    let scratch: string;
    before(() => {
        scratch = mkdtempSync(join(tmpdir(), "check-test-"));
    });
    after(() => rmSync(scratch, { recursive: true, force: true }));

    const checkedMysql = (migrations: string) => checked(migrations, join(scratch, "out"), { engine: "mysql" });

    it("proves the sample's rollbacks, runs its checks and lints it", async () => {
        const { report, lines } = await checkedMysql(join(root, "migrations/mysql"));
        assert.deepEqual(
            report.changesets.filter(({ verdict }) => verdict !== "Proven").map(({ id, verdict }) => [id, verdict]),
            [["005-slug-fill", "Irreversible"]],
        );
        assert.deepEqual(
            report.verification.map(({ failure }) => failure),
            [undefined, undefined],
        );
        assert.equal(report.passed, true, lines.join("\n"));
        assert.match(lines.join("\n"), /^16 changesets of changelog\.yaml on MySQL 8\.0\.33 in /m);
    });

    describe("of a changelog with wrong rollbacks", () => {
        let report: CheckReport;
        before(async () => {
            ({ report } = await checkedMysql(migrationsWith(scratch, changelogOf(defects))));
        });
        const defects = [
            changeset("table", "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, a int)", "DROP TABLE t"),
            changeset("rows", "INSERT INTO t (a) VALUES (1), (2)", "DELETE FROM t WHERE a IN (1, 2)"),
            changeset("numbered", "INSERT INTO t (a) SELECT MAX(id) FROM t", "DELETE FROM t WHERE id = a + 1"),
            changeset("missed", "CREATE INDEX t_a ON t (a)", "SELECT 1"),
            changeset("partial", "ALTER TABLE t ADD b int, ADD c int", "ALTER TABLE t DROP COLUMN b"),
            changeset("failing", "CREATE VIEW v AS SELECT a FROM t", "DROP VIEW w"),
            changeset("kept-rows", "INSERT INTO t (a) VALUES (7), (8)", "DELETE FROM t WHERE a = 7"),
            changeset("moved", "ALTER TABLE t DROP COLUMN a", "ALTER TABLE t ADD COLUMN a int"),
            "--changeset a:none\nINSERT INTO t (a) VALUES (9);\n",
        ];

        it("says of each what its rollback leaves", () => {
            assert.deepEqual(verdicts(report), {
                "a:table": "Proven schema",
                "a:rows": "Proven data",
                "a:numbered": "Proven data",
                "a:missed": "RollbackDoesNothing schema",
                "a:partial": "RollbackIncomplete schema",
                "a:failing": "RollbackFails schema",
                "a:kept-rows": "RollbackIncomplete data",
                "a:moved": "RollbackIncomplete schema",
                "a:none": "Fails nothing",
            });
            assert.equal(report.passed, false);
        });

        it("names what is left", () => {
            const details = (id: string) => report.changesets.find((one) => one.id === id)!.details.join("\n");
            assert.match(details("missed"), /\+ index t\.t_a: BTREE \(a\)/);
            assert.match(details("partial"), /\+ column t\.c: int/);
            assert.match(details("failing"), /Unknown table 'app\.w'/);
            assert.match(details("kept-rows"), /rows of t/);
        });
    });
});
