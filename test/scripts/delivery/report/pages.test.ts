import assert from "node:assert/strict";
import { parseXml } from "@rgrove/parse-xml";
import * as fc from "fast-check";
import MarkdownIt from "markdown-it";
import { type DefaultTreeAdapterTypes as Tree, parse } from "parse5";
import { type CheckReport, renderReport, reportJunit } from "../../../../scripts/check/report";
import { capabilities } from "../../../../scripts/delivery/engines/postgresql/capabilities";
import { planHtml } from "../../../../scripts/delivery/plan/html";
import { planMarkdown } from "../../../../scripts/delivery/plan/markdown";
import type { Plan } from "../../../../scripts/delivery/plan/model";
import { rehearsalMarkdown } from "../../../../scripts/delivery/report/rehearsal";
import type { Rehearsal } from "../../../../scripts/delivery/safety/rehearsal/model";
import { deploymentMetrics } from "../../../../scripts/delivery/report/deployment";
import { Log } from "../../../../scripts/delivery/report/log";
import { junit } from "../../../../scripts/delivery/report/junit";
import { visible } from "../../../../scripts/delivery/report/text";
import { PlainProgress } from "../../../../scripts/local/progress/plain";
import { formatTable } from "../../../../scripts/local/report";
import { hostileText } from "../../../support/hostile";
import { fullPlan, rehearsed } from "../../../support/planPages";
import { liquibase } from "../../../../scripts/delivery/tools/liquibase";

// Every place that shows what somebody else wrote, with hostile text everywhere at once: id, author, comment, file, SQL,
// the server's message, a waiver's reason, an object's name, a tag.

const runs = { numRuns: 40 };

/** The plan with this text wherever the repository or the database has a say. */
function hostilePlan(text: string): Plan {
    const lint = fullPlan.lint!;
    return {
        ...fullPlan,
        kind: "deploy",
        sourceRevision: text,
        changes: fullPlan.changes.map((change) => ({
            ...change,
            ...{ id: text, author: text, file: text, comment: text, sql: [text, text] },
            ...(change.undo ? { undo: [text] } : { undoError: text }),
        })),
        code: [
            {
                ...{ kind: "executeCommand", name: text, arguments: [text, text], file: text, changeset: text },
                files: [{ path: text, sha256: text }],
            },
            { kind: "customChange", name: text, file: text, changeset: text },
            { kind: "jar", name: text, file: text, files: [{ path: text, sha256: text }] },
        ],
        hooks: [{ id: text, author: text, file: text, sql: [text, text] }],
        warnings: [text],
        objections: [text],
        lint: {
            ...lint,
            findings: lint.findings.map((finding) => ({
                ...finding,
                ...{ file: text, what: text, changeset: text },
                ...(finding.waived === undefined ? {} : { waived: text }),
            })),
            lowered: lint.lowered.map((lowering) => ({ ...lowering, file: text, reason: text })),
        },
        drift: {
            ...fullPlan.drift!,
            differences: [{ change: "added", kind: "index", name: text, after: text, of: text }],
        },
    };
}

function hostileRehearsal(text: string): Rehearsal {
    return {
        ...rehearsed,
        changesets: rehearsed.changesets.map((changeset) => ({
            ...changeset,
            ...{ id: text, author: text, file: text, overBudget: [text] },
            figures: changeset.figures && {
                ...changeset.figures,
                locks: changeset.figures.locks.map((lock) => ({ ...lock, table: text })),
            },
        })),
        problems: [text],
        warnings: [text],
    };
}

const parser = new MarkdownIt({ html: true, linkify: true });
/** What a page of Markdown is made of, without its words. */
function shapeOf(markdown: string): string[] {
    return parser.parse(markdown, {}).flatMap(({ type, content, children }) => {
        if (type === "html_block") return [content];
        if (type !== "inline") return [type];
        return children!.map((child) => child.type).filter((child) => child !== "text" && child !== "code_inline");
    });
}

describe("plan.md and rehearsal.md", () => {
    it("have the same structure whatever the repository contains: no foreign heading, link, image or HTML", () => {
        const ours = shapeOf(planMarkdown(hostilePlan("word"), liquibase));
        assert.ok(ours.filter((part) => part === "fence").length > 4);
        assert.ok(ours.includes("heading_open") && ours.some((part) => part.startsWith("<details>")));
        const rehearsal = shapeOf(rehearsalMarkdown(hostileRehearsal("word"), capabilities));
        fc.assert(
            fc.property(hostileText, (text) => {
                const named = text.trim() === "" ? "x" : text;
                assert.deepEqual(shapeOf(planMarkdown(hostilePlan(named), liquibase)), ours);
                assert.deepEqual(shapeOf(rehearsalMarkdown(hostileRehearsal(named), capabilities)), rehearsal);
            }),
            runs,
        );
    });

    it("show a rollback's tag unchanged", () => {
        const plan = { ...hostilePlan("word"), kind: "rollback" as const, rollbackTo: "# <b>x</b>\n@ana" };
        assert.match(
            planMarkdown(plan, liquibase),
            /^# 4 changesets will be undone: `#` `<b>x<\/b>\\u\{a\}@ana` and everything after it; the catalog of prod is then compared with the one before `#` `<b>x<\/b>\\u\{a\}@ana`\n/,
        );
    });
});

type Shape = [name: string, attributes: string[], ...inside: Shape[]];
/** The elements of a page and their attributes, without words and widths. */
function elementsOf(node: Tree.ParentNode): Shape[] {
    return node.childNodes.flatMap((child): Shape[] =>
        "tagName" in child ? [[child.tagName, child.attrs.map(({ name }) => name), ...elementsOf(child)]] : [],
    );
}

describe("plan.html", () => {
    it("has the same elements and attributes whatever the repository contains", () => {
        const shape = (text: string) =>
            elementsOf(parse(planHtml(hostilePlan(text), capabilities, liquibase, hostileRehearsal(text))));
        const ours = shape("word");
        assert.doesNotMatch(JSON.stringify(ours), /"(script|img|a|iframe|link)"|"on/);
        fc.assert(
            fc.property(hostileText, (text) => assert.deepEqual(shape(text === "" ? "x" : text), ours)),
            runs,
        );
    });

    it("shows what cannot be seen", () => {
        const page = planHtml(hostilePlan("-- harmless\rDROP TABLE t;\u202e"), capabilities, liquibase);
        assert.ok(page.includes("-- harmless\\u{d}DROP TABLE t;\\u{202e}"));
    });
});

describe("logs", () => {
    const written = (work: (log: Log) => void): string[] => {
        const texts: string[] = [];
        const write = (text: string) => void texts.push(text);
        work(new Log((text) => text.replaceAll("s3cret", "***"), write, write));
        return texts.join("").split("\n").slice(0, -1);
    };

    it("have one line per call, and no commands for a CI runner", () => {
        fc.assert(
            fc.property(fc.array(hostileText), (texts) => {
                const lines = written((log) => texts.forEach((text) => log.line(text)));
                assert.equal(lines.length, texts.length);
                lines.forEach((line) => assert.doesNotMatch(line, /^\s*(::|\{|\[)|[\p{Cc}\u2028\u2029]/u));
            }),
            runs,
        );
    });

    it("hide secrets before anything is escaped, and mark the further lines of a failure", () => {
        assert.deepEqual(
            written((log) => log.line("s3cret\u202e")),
            ["***\\u{202e}"],
        );
        assert.deepEqual(
            written((log) => log.failure("No.\ns3cret\n    at x")),
            ["No.", "| ***", "|     at x"],
        );
    });

    it("have metrics in CloudWatch's format, only our own", () => {
        const deployment = { environment: "prod", action: "deploy", status: "Failed", changesets: [], retries: [] };
        fc.assert(
            fc.property(hostileText, (text) => {
                const metrics = deploymentMetrics({ ...deployment, releaseId: text } as never, 1);
                const [line, ...others] = written((log) => log.line(metrics));
                assert.deepEqual(others, []);
                assert.match(line!, /^\{"_aws":[\x20-\x7e]*\}$/);
                assert.deepEqual(written((log) => log.line(line!))[0]!.slice(0, 6), "\\u{7b}");
            }),
            runs,
        );
    });
});

describe("the local run's terminal", () => {
    it("shows harmless lines only, of builds, stages and tables", async () => {
        await fc.assert(
            fc.asyncProperty(hostileText, async (text) => {
                const lines: string[] = [];
                const progress = new PlainProgress((line) => lines.push(line));
                progress.say(text);
                progress.log("Plan", "Plan", text);
                progress.actionEnded("Plan", "Plan", "Failed", text);
                await progress.stageEnded("Plan", "Failed", text);
                await progress.step(text, (log) => Promise.resolve(log(text)));
                formatTable(["changeset"], [[text]]).forEach((line) => progress.say(line));
                lines.forEach((line) => assert.equal(line, visible(line)));
                lines.forEach((line) => assert.doesNotMatch(line, /^\s*(::|\{|\[)/));
            }),
            runs,
        );
    });

    it("keeps a table's columns where they are", () => {
        const [, , row] = formatTable(["a", "b"], [["x\ny", "z"]]);
        assert.equal(row, "  x\\u{a}y  z");
    });
});

describe("reports", () => {
    const checked = (text: string): CheckReport => ({
        ...{
            passed: false,
            migrations: text,
            changelogFile: text,
            engine: "PostgreSQL",
            server: "17",
            startedAt: "",
            seconds: 1,
        },
        whole: { result: "Failed", message: text, details: [text], seconds: 1 },
        verification: [{ name: text, file: text, seconds: 1, failure: text }],
        changes: [],
        linted: text,
        lint: {
            ...{ environment: text, changesets: 1, dismissals: [], lowered: [] },
            findings: [
                {
                    ...{ rule: "out-of-order", level: "error", file: text, line: 1, changeset: text },
                    ...{ what: text, why: text, instead: text },
                },
            ],
        },
        changesets: [
            {
                ...{ id: text, author: text, file: text, place: text, verdict: "Fails", changed: "schema" },
                ...{ message: text, details: [text], notes: [text], applyMilliseconds: 1, undoMilliseconds: 1 },
            },
        ],
    });

    it("of a build and of `npm run check` are XML that a parser reads", () => {
        fc.assert(
            fc.property(hostileText, (text) => {
                const cases = [{ name: text, file: text, seconds: 0, failure: text }];
                parseXml(junit([{ name: text, properties: { releaseId: text }, cases }]));
                parseXml(reportJunit(checked(text)));
            }),
            runs,
        );
    });

    it("of `npm run check` are harmless in a terminal", () => {
        fc.assert(
            fc.property(hostileText, (text) => {
                const lines: string[] = [];
                const progress = new PlainProgress((line) => lines.push(line));
                renderReport(checked(text)).forEach((line) => progress.say(line));
                lines.forEach((line) => assert.equal(line, visible(line)));
                lines.forEach((line) => assert.doesNotMatch(line, /^\s*(::|\{|\[)/));
            }),
            runs,
        );
    });
});
