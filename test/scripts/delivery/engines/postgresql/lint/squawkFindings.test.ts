import assert from "node:assert/strict";
import type { RuleName } from "../../../../../../scripts/delivery/lint/catalogue";
import { lintConfig } from "../../../../../../scripts/delivery/lint/config";
import { catalogue, examinePostgres, many, planned, rulesOf, sources, undo } from "../../../lint/support";

const body = "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END; $$;";

describe("what squawk says", () => {
    const levels = lintConfig(catalogue, {}, "prod").levels;
    /** Lints with squawk finding the rule at this text of the last changeset. */
    function withSquawk(changelog: string, found: Record<string, RuleName[]>, applied = 0) {
        const all = sources(changelog);
        const pending = planned(all.slice(applied));
        const last = pending.at(-1)!;
        const text = last.sql.join("\n");
        const squawk = Object.entries(found).flatMap(([at, rules]) => {
            assert.ok(text.includes(at));
            return rules.map((rule) => ({
                rule: rule as "syntax-error",
                position: text.indexOf(at),
                message: "Squawk's words.",
            }));
        });
        const key = `${last.file}::${last.id}::${last.author}`;
        return examinePostgres(pending, {
            levels,
            sources: all,
            applied: all.slice(0, applied),
            squawk: new Map([[key, squawk]]),
        });
    }
    const rules = (changelog: string, found: Record<string, RuleName[]>, applied?: number) =>
        withSquawk(changelog, found, applied).then(({ findings }) => rulesOf(findings));

    it("is reported with our reasons, at the statement's line", async () => {
        const { findings } = await withSquawk(`--changeset a:1\nSELECT 1;\n-- é\nDROP TABLE t;${undo}`, {
            "DROP TABLE": ["ban-drop-table"],
        });
        assert.equal(findings.length, 1);
        assert.deepEqual(
            [findings[0]?.line, findings[0]?.what, findings[0]?.level],
            [5, "Squawk's words: DROP TABLE t", "error"],
        );
        assert.match(findings[0]!.why, /^The rows are lost permanently/);
    });

    it("points at the relevant part of a long statement", async () => {
        const columns = Array.from({ length: 20 }, (_, index) => `    column_${index} bigint,`).join("\n");
        const changelog = `--changeset a:1\nCREATE TABLE t (\n${columns}\n    last int\n);${undo}`;
        const { findings } = await withSquawk(changelog, { "last int": ["prefer-bigint-over-int"] });
        assert.deepEqual(
            findings.map(({ line, what }) => [line, what]),
            [[24, "Squawk's words: …igint, column_19 bigint, last int )"]],
        );
    });

    it("is no finding about a table that an earlier changeset of the plan creates", async () => {
        const changelog = many("CREATE TABLE t (a int);", "CREATE INDEX i ON public.t (a);").changelog;
        const found = { "CREATE INDEX": ["require-concurrent-index-creation"] } satisfies Record<string, RuleName[]>;
        const { findings, dismissals } = await withSquawk(changelog, found);
        assert.deepEqual(findings, []);
        assert.deepEqual(dismissals, [
            {
                rule: "require-concurrent-index-creation",
                changeset: "a.sql::2::a",
                reason: "t is new in this plan (a.sql::1::a), so no one uses it yet",
            },
        ]);
        assert.deepEqual(
            await rules(changelog, found, 1),
            ["require-concurrent-index-creation"],
            "once it is deployed it is in use",
        );
    });

    const index: Record<string, RuleName[]> = { "CREATE INDEX": ["require-concurrent-index-creation"] };
    for (const [title, first] of Object.entries({
        "that may have been there before": "CREATE TABLE IF NOT EXISTS t (a int);",
        "of another schema": "CREATE TABLE s.t (a int);",
        "whose name differs in case": 'CREATE TABLE "T" (a int);',
        "that is a partition of one in use": "CREATE TABLE t PARTITION OF p DEFAULT;",
        "that is dropped again": "CREATE TABLE t (a int);\nDROP TABLE t;",
        "that has another name by now": "CREATE TABLE t (a int);\nALTER TABLE t RENAME TO u;",
    })) {
        it(`remains for a table ${title}`, async () => {
            const { findings } = await withSquawk(many(first, "CREATE INDEX i ON t (a);").changelog, index);
            assert.deepEqual(rulesOf(findings), ["require-concurrent-index-creation"]);
        });
    }

    it("follows a new table to its new name, and a partition to its new parent", async () => {
        assert.deepEqual(
            await rules(
                many("CREATE TABLE u (a int);\nALTER TABLE u RENAME TO t;", "CREATE INDEX i ON t (a);").changelog,
                index,
            ),
            [],
        );
        assert.deepEqual(
            await rules(
                many(
                    "CREATE TABLE p (a int) PARTITION BY LIST (a);\nCREATE TABLE t PARTITION OF p DEFAULT;",
                    "CREATE INDEX i ON t (a);",
                ).changelog,
                index,
            ),
            [],
        );
    });

    it("remains for a foreign key of a new table that was filled: its rows are checked against a table in use", async () => {
        const key: Record<string, RuleName[]> = {
            "ADD CONSTRAINT": ["adding-foreign-key-constraint", "constraint-missing-not-valid"],
        };
        const add = "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES u;";
        assert.deepEqual(await rules(many("CREATE TABLE t (a int);", add).changelog, key), []);
        assert.deepEqual(
            await rules(many("CREATE TABLE t (a int);\nINSERT INTO t VALUES (1);", add).changelog, key),
            [],
        );
        for (const filled of ["CREATE TABLE t AS SELECT 1 AS a;", "CREATE TABLE t (a int);\nINSERT INTO t SELECT 1;"]) {
            assert.deepEqual(await rules(many(filled, add).changelog, key), ["adding-foreign-key-constraint"]);
        }
    });

    it("ignores an index on a new table", async () => {
        const drop: Record<string, RuleName[]> = { "DROP INDEX": ["require-concurrent-index-deletion"] };
        assert.deepEqual(
            await rules(
                many("CREATE TABLE s.t (a int);\nCREATE INDEX i ON s.t (a);", "DROP INDEX s.i;").changelog,
                drop,
            ),
            [],
        );
        assert.deepEqual(await rules(many("CREATE TABLE t (a int);", "DROP INDEX i;").changelog, drop), [
            "require-concurrent-index-deletion",
        ]);
    });

    describe("about SET NOT NULL", () => {
        const set = 'ALTER TABLE t ALTER COLUMN b SET DEFAULT 1, ALTER "a" SET NOT NULL;';
        const found: Record<string, RuleName[]> = { 'ALTER "a"': ["adding-not-nullable-field"] };
        const add = "ALTER TABLE t ADD CONSTRAINT c CHECK (a IS NOT NULL) NOT VALID;";
        const validate = "ALTER TABLE public.t VALIDATE CONSTRAINT c;";

        it("is dropped if a validated check proves it, pending or applied", async () => {
            for (const applied of [0, 1, 2]) {
                assert.deepEqual(await rules(many(add, validate, set).changelog, found, applied), []);
            }
            assert.deepEqual(
                await rules(many("ALTER TABLE t ADD CONSTRAINT c CHECK ((a) IS NOT NULL);", set).changelog, found),
                [],
            );
        });

        for (const [title, before] of Object.entries({
            "nothing proves it": ["SELECT 1;"],
            "the check is not validated": [add],
            "another check is": [add, "ALTER TABLE t VALIDATE CONSTRAINT d;"],
            "the check is gone": [add, validate, "ALTER TABLE t DROP CONSTRAINT IF EXISTS c;"],
            "the check is about another column": [add.replace("(a ", "(b "), validate],
            "the check says less": [add.replace("NOT NULL)", "NOT NULL OR b)"), validate],
            "the check is about another table": [add.replace("t ADD", "u ADD"), validate],
        })) {
            it(`remains where ${title}`, async () => {
                assert.deepEqual(await rules(many(...before, set).changelog, found), ["adding-not-nullable-field"]);
            });
        }
    });

    it("about a renamed table is dropped if a view takes the name in the same changeset", async () => {
        const found: Record<string, RuleName[]> = { RENAME: ["renaming-table"] };
        assert.deepEqual(
            await rules(many("ALTER TABLE t RENAME TO u;\nCREATE VIEW t AS SELECT * FROM u;").changelog, found),
            [],
        );
        assert.deepEqual(await rules(many("ALTER TABLE t RENAME TO u;").changelog, found), ["renaming-table"]);
    });

    it("is reported once if two of its rules match one action, and twice for two actions", async () => {
        const found: Record<string, RuleName[]> = {
            "ADD UNIQUE": ["disallowed-unique-constraint", "constraint-missing-not-valid"],
            "ADD CHECK": ["constraint-missing-not-valid"],
        };
        assert.deepEqual(await rules(many("ALTER TABLE t ADD UNIQUE (a), ADD CHECK (a > 0);").changelog, found), [
            "disallowed-unique-constraint",
            "constraint-missing-not-valid",
        ]);
    });

    it("about syntax is reported once per changeset, not where PostgreSQL's grammar says the same, and not of a body that was torn apart", async () => {
        const found: Record<string, RuleName[]> = { SELECTT: ["syntax-error"], oops: ["syntax-error"] };
        assert.deepEqual(await rules(many("SELECT oops;").changelog, { oops: ["syntax-error"] }), ["syntax-error"]);
        assert.deepEqual(await rules(many("SELECTT oops;").changelog, found), ["unreadable-sql"]);
        assert.deepEqual(await rules(many(body).changelog, { CREATE: ["syntax-error"] }), ["dollar-quote-split"]);
    });

    it("is waived by a reason in the changelog, for that changeset only", async () => {
        const changelog = many("--lint-waive ban-drop-table: empty since 2024\nDROP TABLE t;").changelog;
        const { findings } = await withSquawk(changelog, { DROP: ["ban-drop-table"] });
        assert.deepEqual(rulesOf(findings), ["ban-drop-table (waived)"]);
        assert.equal(findings[0]?.waived, "empty since 2024");
        const elsewhere = many("--lint-waive ban-drop-table: empty since 2024\nSELECT 1;", "DROP TABLE t;").changelog;
        assert.deepEqual(await rules(elsewhere, { DROP: ["ban-drop-table"] }), ["ban-drop-table"]);
    });
});
