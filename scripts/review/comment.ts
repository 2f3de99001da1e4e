import { count } from "../delivery/changesets";
import { code, fence, inline } from "../delivery/report/text";
import type { ProofResult, ReviewData, ShownChange } from "./data";
import type { ReviewFinding } from "./findings";
import { type ResourceChange, resourceChanges } from "./preview";

/** How a Git host shows comments. */
export interface CommentForm {
    /** The longest comment, in characters. */
    limit: number;
    /** Whether HTML is shown as such: then SQL is folded. */
    html: boolean;
    /** Its first line. By it the comment is found again, to be updated in place. */
    marker: string;
}

/** GitHub's and GitLab's: 65,536 characters and 1,000,000; some room is left for what a host adds. */
export const htmlForm: CommentForm = { limit: 60_000, html: true, marker: "<!-- aurora-pipeline review -->" };

/** Of one changeset; the rest is in the pull request itself. */
const longestSql = 4_000;
/** Of the whole: what changed since the last push, likewise the findings, and the infrastructure of all environments. */
const [listShare, previewShare] = [8 / 60, 20 / 60];
const mostPreviews = 20;

/** For its readers: the job that comments trusts none of it, and neither should a person. */
export const origin = "What the pull request's own run reported; its code could change that.";

/** The one comment on the pull request. */
export function comment(review: ReviewData, form: CommentForm = htmlForm): string {
    const head = [form.marker, "", origin, "", `## ${headline(review)}`, ""];
    const lists = form.limit * listShare;
    const top = [...head, ...sinceText(review, lists), ...findingsText(review, lists)].join("\n");
    const room = (form.limit * previewShare) / Math.max(1, review.previews.length);
    const infrastructure = review.previews
        .slice(0, mostPreviews)
        .flatMap(({ environment, changes }) => previewText(environment, changes, room))
        .join("\n");
    return `${top}\n${databaseText(review, form.html, form.limit - top.length - infrastructure.length - 100)}\n${infrastructure}`;
}

function headline({ changes, findings }: ReviewData): string {
    const errors = findings.filter(({ level }) => level === "error").length;
    const warnings = findings.length - errors;
    const found = [
        ...(errors > 0 ? [count(errors, "error")] : []),
        ...(warnings > 0 ? [count(warnings, "warning")] : []),
    ];
    const what =
        changes.length === 0 ? "No change of the database" : `${count(changes.length, "change")} of the database`;
    return found.length === 0 ? what : `${what}: ${found.join(", ")}`;
}

function sinceText({ since }: ReviewData, room: number): string[] {
    if (since === undefined) {
        return [];
    }
    return since.length === 0
        ? ["Nothing of it changed since the last push.", ""]
        : ["Since the last push:", "", ...listed(since, room, (line) => `- ${inline(line)}`), ""];
}

function findingsText({ findings }: ReviewData, room: number): string[] {
    const line = ({ level, rule, file, line: at, message }: ReviewFinding) =>
        `- **${level}** ${code(`${file}:${at}`)} ${inline(message.split("\n")[0] ?? "")} (${code(rule)})`;
    const errorsFirst = [...findings].sort((one, other) => one.level.localeCompare(other.level));
    return findings.length === 0 ? [] : ["### Look at this first", "", ...listed(errorsFirst, room, line), ""];
}

/** What would run, each changeset folded where that is possible, as many as there is room for. */
function databaseText({ changes }: ReviewData, html: boolean, room: number): string {
    let text = changes.length === 0 ? "" : "\n### The database\n";
    for (const [index, change] of changes.entries()) {
        const next = `\n${changeText(change, html)}`;
        if (text.length + next.length > room) {
            return `${text}\n… and ${changes.length - index} more, which the pull request shows.\n`;
        }
        text += next;
    }
    return text;
}

function changeText({ kind, author, id, path, sql, generated, proof, evidence }: ShownChange, html: boolean): string {
    const shown =
        sql.length > longestSql ? `${sql.slice(0, longestSql)}\n… (${sql.length - longestSql} characters more)` : sql;
    const proven = kind === "removed" ? "" : `, ${proofTexts[proof]}`;
    const title = `${kind}: ${code(`${author}:${id}`)} in ${code(path)}${proven}`;
    const body = [
        ...(generated ? ["Generated for an empty database:", ""] : []),
        shown === "" ? "Its SQL is generated: the plan shows it." : fence(shown, "sql"),
        ...(evidence.length > 0 ? ["", fence(evidence.join("\n").slice(0, longestSql), "text")] : []),
        "",
    ];
    // A summary is HTML, in which Markdown's code would not be code.
    return html
        ? ["<details>", "<summary>", "", title, "", "</summary>", "", ...body, "</details>", ""].join("\n")
        : [title, "", ...body].join("\n");
}

const proofTexts: Record<ProofResult, string> = {
    proven: "rollback proven",
    needless: "needs no rollback, by its own words",
    unproven: "rollback not proven",
    failed: "**rollback fails its proof**",
    broken: "**fails on an empty database**",
    untried: "rollback not tried",
};

const verbs: Record<ResourceChange["does"], string> = {
    replace: "**replaced**",
    delete: "**deleted**",
    change: "changed",
    create: "created",
};

function previewText(environment: string, changes: readonly ResourceChange[], room: number): string[] {
    const title = `### The infrastructure of ${code(shortened(environment))}`;
    if (changes.length === 0) {
        return [title, "", "No change.", ""];
    }
    const counts = resourceChanges.flatMap((does) => {
        const number = changes.filter((change) => change.does === does).length;
        return number === 0 ? [] : [`${number} ${verbs[does]}`];
    });
    const line = ({ does, type, name, because }: ResourceChange) => {
        const why =
            because.length === 0
                ? ""
                : `: ${because
                      .slice(0, 8)
                      .map((input) => code(shortened(input)))
                      .join(", ")}`;
        return `- ${verbs[does]} ${code(shortened(type))} ${code(shortened(name))}${why}`;
    };
    return [title, "", `${counts.join(", ")}.`, "", ...listed(changes, room, line), ""];
}

function shortened(text: string): string {
    return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

/** A line each, as many as there is room for. */
function listed<T>(items: readonly T[], room: number, line: (item: T) => string): string[] {
    const lines: string[] = [];
    let length = 0;
    for (const [index, item] of items.entries()) {
        const next = cut(line(item));
        length += next.length + 1;
        if (length > room) {
            return [...lines, `- … and ${items.length - index} more`];
        }
        lines.push(next);
    }
    return lines;
}

/** At a length that no honest line reaches; a cut line has no markup left that could stay open. */
function cut(line: string): string {
    return line.length > 600 ? `- ${inline(line.slice(0, 200))} …` : line;
}
