import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import { changesBetween, changesetsOf } from "../check/changes";
import type { CheckReport } from "../check/report";
import { refuseUnreadable } from "../delivery/input/migrations";
import { Log } from "../delivery/report/log";
import type { Sources } from "../delivery/tools/sources";
import type { MigrationTool } from "../delivery/tools/tool";
import { checkout } from "../local/directories";
import { messageOf, reportOf } from "../local/errors";
import { openMigrations } from "../local/source/migrations";
import { annotations } from "./annotations";
import { type Digests, digestsOf, sinceLast } from "./changes";
import { codeQuality } from "./codeQuality";
import { comment } from "./comment";
import type { ReviewData } from "./data";
import { reviewErrors } from "./errors";
import { fails, findingsOf, type ReviewFinding } from "./findings";
import { lintFindings } from "./lint";
import { pathInRepository } from "./place";
import { readPreview } from "./preview";
import { sarif } from "./sarif";
import { shownChanges } from "./shown";

export interface ReviewOptions {
    /** The migrations of the pull request, and those of the branch that it would be merged into. */
    migrations: string;
    base: string;
    output: string;
    /** report.json of `npm run check`. */
    check?: string;
    /** review.json of the last review. */
    previous?: string;
    /** `<environment>=<file>`, each the output of `pulumi preview --json`. */
    preview: string[];
    failFrom: "error" | "warning" | "never";
    /** The environment whose lint levels apply. Default: prod. */
    environment?: string;
}

/** Writes comment.md, review.json and the findings in two forms, review.sarif and code-quality.json; returns them. */
export async function review(options: ReviewOptions): Promise<ReviewFinding[]> {
    const [base, head] = [projectIn(options.base), projectIn(options.migrations)];
    const changes = changesBetween(
        changesetsOf(base.directory, base.sources),
        changesetsOf(head.directory, head.sources),
    );
    const report =
        options.check === undefined ? undefined : json<CheckReport>(options.check, "`npm run check`'s report");
    const last = options.previous === undefined ? undefined : json<{ digests: Digests }>(options.previous, "a review");
    const place = pathInRepository(head.directory);
    const { environment = "prod" } = options;
    const findings = [
        ...findingsOf(changes, report, place),
        ...(report === undefined
            ? []
            : await lintFindings(changes, report, { ...head, place, base: base.sources, environment })),
    ];
    const data: ReviewData = {
        changes: shownChanges(changes, report),
        findings,
        previews: previewsOf(options.preview),
        since: sinceLast(changes, last?.digests),
    };
    mkdirSync(options.output, { recursive: true });
    const write = (name: string, text: string) => writeFileSync(join(options.output, name), text);
    write("comment.md", comment(data));
    write("review.sarif", sarif(findings));
    write("code-quality.json", codeQuality(findings));
    write("review.json", `${JSON.stringify({ ...data, digests: digestsOf(changes) }, null, 2)}\n`);
    return findings;
}

interface Source {
    directory: string;
    tool: MigrationTool;
    sources: Sources;
}

/** Read without running any of it. */
function projectIn(given: string): Source {
    const { directory, tool } = openMigrations(given);
    refuseUnreadable(directory, tool.terms);
    const project = tool.readProject(directory);
    project.refuseEndless();
    return { directory, tool, sources: project.sources() };
}

function previewsOf(given: readonly string[]): ReviewData["previews"] {
    return given.map((text) => {
        const [, environment, file] = /^([\w-]+)=(.+)$/.exec(text) ?? [];
        if (environment === undefined || file === undefined) {
            throw new reviewErrors.PreviewUnnamed({ given: text });
        }
        const changes = readPreview(file, read(file, "the output of `pulumi preview --json`"));
        return { environment, changes };
    });
}

function json<T>(file: string, form: string): T {
    const text = read(file, form);
    try {
        return JSON.parse(text) as T;
    } catch (error) {
        throw new reviewErrors.ReviewInputUnreadable({ file, form, reason: messageOf(error) });
    }
}

function read(file: string, form: string): string {
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        throw new reviewErrors.ReviewInputUnreadable({ file, form, reason: messageOf(error) });
    }
}

async function main(): Promise<number> {
    const command = new Command("npm run review --")
        .description("Writes what a pull request would do to the database and the infrastructure, as one comment.")
        .requiredOption("--base <directory>", "migrations of the branch that the pull request would be merged into")
        .option("--migrations <directory>", "migrations of the pull request", join(checkout, "migrations"))
        .option("--check <file>", "report.json of `npm run check`: the proof of each rollback, and lint findings")
        .option("--preview <environment=file>", "output of `pulumi preview --json`; may be repeated", collect, [])
        .option("--previous <file>", "review.json of the last push, to tell what changed since")
        .option("--output <directory>", "where the review is written", join(checkout, ".local", "review"))
        .option("--environment <name>", "environment whose levels of lint rules apply", "prod")
        .addOption(
            new Option("--fail-from <level>", "the lowest level that fails the review")
                .choices(["error", "warning", "never"])
                .default("error"),
        )
        .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
        .addHelpText("after", "\nExit status: 0 nothing of that level, 1 findings, 2 no review was written.");
    try {
        const options = command.parse().opts<ReviewOptions>();
        const findings = await review(options);
        // Not through the log, which makes commands harmless: these are meant.
        if (process.env.GITHUB_ACTIONS === "true") {
            annotations(findings).forEach((line) => console.log(line));
        }
        new Log().line(`Wrote comment.md, review.sarif and review.json to ${options.output}`);
        return fails(findings, options.failFrom) ? 1 : 0;
    } catch (error) {
        new Log().failure(reportOf(error));
        return 2;
    }
}

function collect(value: string, previous: string[]): string[] {
    return [...previous, value];
}

if (require.main === module) {
    void main().then((status) => (process.exitCode = status));
}
