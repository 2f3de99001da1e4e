import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { checkout } from "../../../scripts/local/directories";
import { annotations } from "../../../scripts/review/annotations";
import { changesBetween } from "../../../scripts/check/changes";
import { comment, htmlForm, origin } from "../../../scripts/review/comment";
import { fails, type ReviewFinding } from "../../../scripts/review/findings";
import { review, type ReviewOptions } from "../../../scripts/review/main";
import { pathInRepository } from "../../../scripts/review/place";
import { readPreview } from "../../../scripts/review/preview";
import { codeQuality } from "../../../scripts/review/codeQuality";
import { sarif } from "../../../scripts/review/sarif";
import { shownChanges } from "../../../scripts/review/shown";
import { nonEmpty } from "../../support/nonEmpty";

const table = (name: string, more = "") =>
    `--changeset ana:${name}\nCREATE TABLE ${name} (id bigint${more});\n--rollback DROP TABLE ${name};\n\n`;
const proven = (id: string, verdict: string, more: object = {}) => ({
    ...{ id, author: "ana", file: "changelog.sql", verdict, changed: "schema", details: [], notes: [] },
    ...{ applyMilliseconds: 1, undoMilliseconds: 1, place: "changelog.sql:3", ...more },
});
/** A report without SQL, so without anything to lint. */
const unplanned = { server: "17.5", changes: [] };
const step = (op: string, type: string, name: string, more: object = {}) => ({
    op,
    urn: `urn:pulumi:prod::orders::aurora-pipeline:index:AuroraCluster$${type}::${name}`,
    ...more,
});

// What it proves: the review of what is in the files. What it does not: that GitHub shows it so.
describe("npm run review", () => {
    let scratch: string;
    beforeEach(() => {
        scratch = mkdtempSync(path.join(tmpdir(), "review-test-"));
    });
    afterEach(() => rmSync(scratch, { recursive: true, force: true }));

    const write = (name: string, content: unknown): string => {
        const file = path.join(scratch, name);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
        return file;
    };
    const migrations = (name: string, changesets: string): string => {
        write(`${name}/liquibase.properties`, "changeLogFile=changelog.sql\n");
        write(`${name}/changelog.sql`, `--liquibase formatted sql\n\n${changesets}`);
        return path.join(scratch, name);
    };
    const reviewed = async (base: string, head: string, more: Partial<ReviewOptions> = {}) => {
        const output = path.join(scratch, "review");
        const findings = await review({
            ...{ base: migrations("base", base), migrations: migrations("head", head), output },
            ...{ preview: [], failFrom: "error", ...more },
        });
        const read = (name: string) => readFileSync(path.join(output, name), "utf8");
        return {
            findings,
            text: read("comment.md"),
            sarif: read("review.sarif"),
            json: path.join(output, "review.json"),
        };
    };

    it("shows what is new, with its SQL folded and its proof, and not what the base branch has", async () => {
        const check = write("report.json", {
            ...unplanned,
            changesets: [proven("old", "Proven"), proven("orders", "Proven")],
        });
        const { text, findings } = await reviewed(table("old"), table("old") + table("orders"), { check });
        assert.ok(text.startsWith(`${htmlForm.marker}\n\n${origin}\n\n## 1 change of the database\n`));
        assert.match(
            text,
            /<details>\n<summary>\n\nnew: `ana:orders` in `changelog\.sql`, rollback proven\n\n<\/summary>\n\n```sql\nCREATE TABLE orders \(id bigint\);\n```/,
        );
        assert.doesNotMatch(text, /old/);
        assert.deepEqual(findings, []);
    });

    it("shows the SQL that was generated for a changeset without any of its own, if the check has it", async () => {
        const create = {
            changeSet: { id: "orders", author: "ana", changes: [{ createTable: { tableName: "orders" } }] },
        };
        const head = migrations("head", "");
        write("head/liquibase.properties", "changeLogFile=changelog.json\n");
        write("head/changelog.json", { databaseChangeLog: [create] });
        const planned = {
            ...{ id: "orders", author: "ana", file: "changelog.json", runInTransaction: true },
            ...{
                sql: ["CREATE TABLE orders (id bigint)", "CREATE INDEX i ON orders (id);"],
                undo: ["DROP TABLE orders"],
            },
        };
        const check = write("report.json", { server: "17.5", changesets: [], changes: [planned] });
        const shown = async (options: Partial<ReviewOptions>) => {
            const output = path.join(scratch, "review");
            await review({
                ...{ base: migrations("base", ""), migrations: head, output, preview: [], failFrom: "never" },
                ...options,
            });
            return readFileSync(path.join(output, "comment.md"), "utf8");
        };
        assert.match(
            await shown({ check }),
            /Generated for an empty database:\n\n```sql\nCREATE TABLE orders \(id bigint\);\n\nCREATE INDEX i ON orders \(id\);\n```/,
        );
        assert.match(await shown({}), /Its SQL is generated: the plan shows it\./);
    });

    it("says that nothing changes", async () => {
        const { text } = await reviewed(table("old"), table("old"));
        assert.equal(text.trim(), `${htmlForm.marker}\n\n${origin}\n\n## No change of the database`);
    });

    it("refuses an edited changeset and warns of a removed one, on their lines", async () => {
        const { findings, text } = await reviewed(table("one") + table("two"), table("one", ", more text"));
        assert.deepEqual(
            findings.map(({ level, rule, file, line }) => `${level} ${rule} ${file}:${line}`),
            ["error edited-changeset changelog.sql:3", "warning removed-changeset changelog.sql:7"],
        );
        assert.match(text, /## 2 changes of the database: 1 error, 1 warning/);
        assert.match(text, /edited: `ana:one`.*removed: `ana:two`/s);
        assert.deepEqual(
            [fails(findings, "error"), fails(findings.slice(1), "error"), fails(findings.slice(1), "warning")],
            [true, false, true],
        );
        assert.equal(fails(findings, "never"), false);
    });

    it("names files by their path in the repository that they are in, wherever it is", async () => {
        const [base, head] = [migrations("base", ""), migrations("service/db", table("orders"))];
        const check = write("report.json", { ...unplanned, changesets: [proven("orders", "RollbackFails")] });
        const found = async () =>
            (await review({ base, migrations: head, output: scratch, check, preview: [], failFrom: "never" })).map(
                ({ file }) => file,
            );
        assert.deepEqual(await found(), ["changelog.sql"]);
        write("service/.git", "gitdir: elsewhere\n");
        assert.deepEqual(await found(), ["db/changelog.sql"]);
        assert.equal(pathInRepository(path.join(checkout, "migrations")), "migrations");
        assert.equal(pathInRepository(checkout), "");
    });

    it("counts what runs again as that, not as edited", async () => {
        const view = (more: string) =>
            `--changeset ana:view runOnChange:true\nCREATE OR REPLACE VIEW v AS SELECT ${more};\n--rollback empty\n`;
        const { findings, text } = await reviewed(view("1"), view("2"));
        assert.deepEqual(findings, []);
        assert.match(text, /runs again: `ana:view`/);
    });

    it("reports a rollback that fails its proof, with the evidence", async () => {
        const details = ["Differences:", "  + table orders"];
        const failed = proven("orders", "RollbackIncomplete", { message: "Its rollback does not restore.", details });
        const { findings, text } = await reviewed("", table("orders"), {
            check: write("report.json", { ...unplanned, changesets: [failed] }),
        });
        assert.equal(findings[0]?.message, "Its rollback does not restore.\nDifferences:\n  + table orders");
        assert.match(text, /\*\*rollback fails its proof\*\*/);
        assert.match(text, /```text\nDifferences:\n {2}\+ table orders\n```/);
    });

    it("says of a changeset that fails itself that it does, not that its rollback fails", async () => {
        const failed = proven("orders", "Fails", { message: "It fails.", details: ["ERROR: no such column"] });
        const check = write("report.json", { ...unplanned, changesets: [failed] });
        const { text } = await reviewed("", table("orders"), { check });
        assert.match(text, /new: `ana:orders` in `changelog\.sql`, \*\*fails on an empty database\*\*/);
        assert.doesNotMatch(text, /rollback fails/);
    });

    it("has the linter's findings about what is new, on their lines, and not about what the base branch has", async () => {
        const [old, added] = ["old", "orders"].map((id) => ({
            ...{ id, author: "ana", file: "changelog.sql", runInTransaction: true },
            ...{ sql: [`DROP TABLE ${id}`], undo: [`CREATE TABLE ${id} (id bigint)`] },
        }));
        const drop = (id: string) =>
            `--changeset ana:${id}\nDROP TABLE ${id};\n--rollback CREATE TABLE ${id} (id bigint);\n\n`;
        const check = write("report.json", { server: "17.5", changesets: [], changes: [old, added] });
        const { findings, text, sarif: log } = await reviewed(drop("old"), drop("old") + drop("orders"), { check });
        const found = findings.find(({ rule }) => rule === "ban-drop-table");
        assert.deepEqual([found?.level, found?.file, found?.line], ["error", "changelog.sql", 8]);
        assert.ok(findings.every(({ line }) => line >= 7));
        assert.match(text, /- \*\*error\*\* `changelog\.sql:8` .* \(`ban-drop-table`\)/);
        assert.match(log, /"ruleId": "ban-drop-table"/);
        const waived = drop("orders").replace("\n", "\n--lint-waive ban-drop-table: nobody reads it\n");
        const { findings: left } = await reviewed(drop("old"), drop("old") + waived, { check });
        assert.ok(!left.some(({ rule }) => rule === "ban-drop-table"));
    });

    it("says what changed since the last push", async () => {
        const first = await reviewed("", table("one") + table("two"));
        const previous = write("last.json", readFileSync(first.json, "utf8"));
        assert.doesNotMatch(first.text, /last push/);
        assert.match(
            (await reviewed("", table("one") + table("two"), { previous })).text,
            /Nothing of it changed since the last/,
        );
        const { text } = await reviewed("", table("one", ", n int") + table("three"), { previous });
        assert.match(
            text,
            /Since the last push:\n\n- added `changelog\.sql::three::ana`\n- changed .*::one::.*\n- took out .*::two::/,
        );
    });

    it("says in words what pulumi up would do, replacements first", async () => {
        const steps = [
            step("same", "aws:rds/instance:Instance", "same"),
            step("create", "aws:sns/topic:Topic", "told"),
            step("update", "aws:rds/clusterInstance:ClusterInstance", "orders-1", { diffReasons: ["instanceClass"] }),
            step("create-replacement", "aws:rds/cluster:Cluster", "orders"),
            step("replace", "aws:rds/cluster:Cluster", "orders", {
                replaceReasons: ["engine"],
                diffReasons: ["engine", "tags"],
            }),
            step("delete-replaced", "aws:rds/cluster:Cluster", "orders"),
            step("delete", "aws:kms/key:Key", "old"),
        ];
        const { text } = await reviewed("", "", {
            preview: [`prod=${write("prod.json", { steps })}`, `dev=${write("dev.json", { steps: [] })}`],
        });
        assert.ok(
            text.endsWith(
                [
                    "### The infrastructure of `prod`",
                    "",
                    "1 **replaced**, 1 **deleted**, 1 changed, 1 created.",
                    "",
                    "- **replaced** `aws:rds/cluster:Cluster` `orders`: `engine`",
                    "- **deleted** `aws:kms/key:Key` `old`",
                    "- changed `aws:rds/clusterInstance:ClusterInstance` `orders-1`: `instanceClass`",
                    "- created `aws:sns/topic:Topic` `told`",
                    "",
                    "### The infrastructure of `dev`",
                    "",
                    "No change.",
                    "",
                ].join("\n"),
            ),
            text,
        );
    });

    it("refuses a preview that is none, or that names no environment", async () => {
        assert.throws(() => readPreview("dev.json", "error: no stack"), { code: "AP3901" });
        assert.throws(() => readPreview("dev.json", "null"), { code: "AP3901" });
        await assert.rejects(reviewed("", "", { preview: ["dev.json"] }), { code: "AP3902" });
        await assert.rejects(reviewed("", "", { preview: ["dev=missing.json"] }), { code: "AP3901" });
        await assert.rejects(reviewed("", "", { check: write("report.json", "{") }), { code: "AP3901" });
    });

    it("stays within a comment, however large the change is, and says what it leaves out", async () => {
        const many = Array.from({ length: 1000 }, (_, index) => table(`t${index}`, `, ${"x".repeat(index * 3)} int`));
        const steps = Array.from({ length: 1000 }, (_, index) =>
            step("replace", "t".repeat(index), "n".repeat(index), { replaceReasons: ["`".repeat(index)] }),
        );
        const preview = ["dev", "prod"].map((name) => `${name}=${write(`${name}.json`, { steps })}`);
        const failed = many.map((_, index) => proven(`t${index}`, "Fails", { message: "`".repeat(index * 7) }));
        const { text } = await reviewed(table("gone"), many.join(""), {
            preview,
            check: write("report.json", { ...unplanned, changesets: failed }),
            previous: write("last.json", { digests: { ["`x`".repeat(9000)]: "1" } }),
        });
        assert.ok(text.length <= 60_000, String(text.length));
        assert.match(text, /… and \d+ more, which the pull request shows\./);
        assert.match(text, /1000 \*\*replaced\*\*/);
        assert.equal(text.match(/<details>/g)?.length, text.match(/<\/details>/g)?.length);
    });

    const hostile = "x`\n```\n</details><img src=x>@team #1 ![](http://x) ::error::\u{202e}%0A";

    it("lets nothing out of the text of a changeset, a message or a preview", () => {
        const changes = changesBetween(
            [],
            [
                {
                    ...{ id: hostile, author: hostile, file: "f", path: hostile, line: 1, repeatable: false },
                    ...{
                        runInTransaction: true,
                        mayBeEdited: false,
                        rollback: { kind: "absent" },
                        onlySql: true,
                        remarks: [],
                    },
                    sql: [{ text: hostile, line: 1 }],
                    ...{ change: hostile, written: hostile },
                },
            ],
        );
        const findings: ReviewFinding[] = [
            { level: "error", rule: "rollback-proof", file: hostile, line: 1, message: hostile },
        ];
        const replaced = { does: "replace" as const, type: hostile, name: hostile, because: [hostile] };
        const text = comment({
            changes: shownChanges(changes, undefined),
            findings,
            previews: [{ environment: "dev", changes: [replaced] }],
            since: [hostile],
        });
        // Without its code, in spans and in fences, only our own words and markup are left.
        const withoutCode = text
            .replaceAll(/^(`{3,})\w*\n.*?\n\1$/gms, "")
            .replaceAll(/(?<!`)(`+)(?!`).*?[^`]\1(?!`)/g, "");
        assert.doesNotMatch(withoutCode, /img|@team|#1|!\[|http|\u{202e}/u);
        assert.equal(withoutCode.match(/<\/details>/g)?.length, 1);
    });

    it("reports its findings to GitLab's Code Quality, each with a fingerprint of its own", () => {
        const finding = { level: "warning", rule: "r", file: "a b.sql", line: 0, message: "a\u001b[31m\nb" } as const;
        const [first, second] = JSON.parse(codeQuality([finding, { ...finding, level: "error", line: 2 }])) as Record<
            string,
            unknown
        >[];
        const { fingerprint, ...rest } = first!;
        assert.deepEqual(rest, {
            ...{ description: "a\\u{1b}[31m\nb", check_name: "r", severity: "minor" },
            location: { path: "a b.sql", lines: { begin: 1 } },
        });
        assert.match(String(fingerprint), /^[0-9a-f]{64}$/);
        assert.notEqual(second?.["fingerprint"], fingerprint);
        assert.equal(second?.["severity"], "critical");
    });

    it("annotates lines with commands out of which no text gets", () => {
        const [line = "", ...others] = annotations([
            { level: "error", rule: "a:b,c", file: hostile, line: 3, message: hostile },
        ]);
        assert.deepEqual(others, []);
        assert.doesNotMatch(line, /\n|\r|\u{202e}/u);
        const [, properties = ""] = /^::error (.*?)::/.exec(line) ?? [];
        assert.match(properties, /^file=[^,:]*,line=3,title=a%3Ab%2Cc$/);
        assert.ok(line.endsWith("%250A"), line);
        assert.equal(
            annotations([{ level: "warning", rule: "r", file: "f", line: 1, message: "a\nb" }])[0],
            "::warning file=f,line=1,title=r::a%0Ab",
        );
    });

    it("writes SARIF that names each finding's rule and line", () => {
        const log = JSON.parse(
            sarif([{ level: "error", rule: "rollback-proof", file: "a b/c.sql", line: 0, message: hostile }]),
        ) as {
            version: string;
            runs: {
                tool: { driver: { rules: { id: string }[] } };
                results: { ruleId: string; level: string; locations: { physicalLocation: object }[] }[];
            }[];
        };
        assert.equal(log.version, "2.1.0");
        for (const { ruleId, level, locations } of nonEmpty(log.runs[0]!.results)) {
            assert.ok(log.runs[0]!.tool.driver.rules.some(({ id }) => id === ruleId));
            assert.equal(level, "error");
            assert.deepEqual(locations[0]?.physicalLocation, {
                artifactLocation: { uri: "a%20b/c.sql" },
                region: { startLine: 1 },
            });
        }
    });
});
