import assert from "node:assert/strict";
import { Artifacts } from "../../../components/contract";
import { findingLines } from "../../../scripts/local/findings";
import { createProgress, LiveProgress } from "../../../scripts/local/progress/live";
import { PlainProgress } from "../../../scripts/local/progress/plain";
import { uncommittedFiles } from "../../../scripts/local/source/git";
import { leftOut, verdict } from "../../../scripts/local/summary";
import { git, removeTemporary, temporaryDirectory, write } from "./support";

const finding = (level: string, line: number | undefined, more: object = {}) => ({
    ...{ level, rule: "ban-drop-column", file: "a.sql", line, what: "It drops a column" },
    ...more,
});
const found = (artifact: string, plan: object) =>
    findingLines({ read: (name) => (name === artifact ? JSON.stringify(plan) : undefined) });

describe("what a local run says at its end of the plan's findings", () => {
    it("is one line each, errors first, with the reasons of waivers and the plan's own warnings", () => {
        const findings = [
            finding("warning", undefined),
            finding("error", 3, { waived: "unused" }),
            finding("error", 7),
        ];
        assert.deepEqual(
            found(Artifacts.deployPlan, { lint: { findings }, warnings: ["a.sql::1::me cannot be undone"] }),
            [
                "The plan found 1 error, 1 warning, 1 waived, and 1 warning of its own:",
                "  a.sql:7: error ban-drop-column: It drops a column",
                "  a.sql: warning ban-drop-column: It drops a column",
                "  a.sql:3: waived ban-drop-column: unused",
                "  warning: a.sql::1::me cannot be undone",
                "",
            ],
        );
    });

    it("is what a rollback loses, too", () => {
        assert.deepEqual(found(Artifacts.rollbackPlan, { warnings: ["it drops table t with all its rows"] }), [
            "The plan found 0 errors, 0 warnings, 0 waived, and 1 warning of its own:",
            "  warning: it drops table t with all its rows",
            "",
        ]);
    });

    it("is a dozen lines at most, and nothing where nothing was found or planned", () => {
        const lines = found(Artifacts.plan, {
            lint: { findings: Array(20).fill(finding("warning", 1)) },
            warnings: [],
        });
        assert.deepEqual([lines.length, lines.at(-2)], [15, "  … and 8 more, in plan.html"]);
        assert.deepEqual(found(Artifacts.plan, { lint: { findings: [] }, warnings: [] }), []);
        assert.deepEqual(found("Other", {}), []);
    });

    it("cannot forge a line or a command", () => {
        const [, line] = found(Artifacts.plan, {
            lint: { findings: [finding("error", 1, { what: "x\n::error::y" })] },
            warnings: [],
        });
        assert.equal(line?.includes("\n"), false);
    });
});

describe("the last lines of a local run", () => {
    after(removeTemporary);

    it("do not count what a stopped build has not recorded", () => {
        const line = (status: "Succeeded" | "Failed" | "Stopped") =>
            verdict("app", { id: "1", record: { status } }, { seconds: 1.23, changesets: [], undone: [] });
        assert.deepEqual(
            [line("Succeeded"), line("Failed"), line("Stopped")],
            [
                "Execution 1 of app: Succeeded in 1.2 s; changesets applied: 0, undone: 0.",
                "Execution 1 of app: Failed.",
                "Execution 1 of app: Stopped in 1.2 s. The table above has the changesets that were applied.",
            ],
        );
    });

    it("name the migrations that are not committed", async () => {
        const repository = temporaryDirectory();
        git(repository, "init", "--quiet");
        write(repository, { "migrations/a.sql": "1", "README.md": "1", ".gitignore": "*.log" });
        git(repository, "add", ".");
        git(repository, "commit", "--quiet", "-m", "One");
        assert.deepEqual(leftOut(await uncommittedFiles(repository, "migrations")), []);
        const more = ["b.sql", "c d.sql", "e.sql", "f.sql", "g.sql"];
        more.forEach((name) => write(repository, { [`migrations/${name}`]: "2" }));
        write(repository, { "migrations/a.sql": "2", "README.md": "2" });
        write(repository, { "migrations/.b.sql.swp": "", "migrations/x.log": "" });
        assert.deepEqual(leftOut(await uncommittedFiles(repository, "migrations")), [
            "Not committed, so not delivered: migrations/a.sql, migrations/b.sql, migrations/c d.sql, migrations/e.sql, migrations/f.sql and 1 more. `--worktree` delivers the files as they are.",
        ]);
    });
});

describe("the display of a local run", () => {
    it("is live on a terminal of known width, and a log elsewhere", async () => {
        assert.ok((await createProgress({ isTTY: true, columns: 80 }, {})) instanceof LiveProgress);
        for (const [output, environment] of [
            [{ isTTY: true, columns: 0 }, {}],
            [{ isTTY: false, columns: 80 }, {}],
            [{ isTTY: true, columns: 80 }, { CI: "true" }],
        ] as const) {
            assert.ok((await createProgress(output, environment)) instanceof PlainProgress);
        }
    });
});
