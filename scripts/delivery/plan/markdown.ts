import { keyOf } from "../changesets";
import { headline, Plan, PlannedChange } from "./model";

/** A pull request comment holds 65,536 characters. */
const limit = 60_000;

/** The plan as a reviewer reads it. */
export function planMarkdown(plan: Plan): string {
    const { changes, warnings, releaseId, sourceRevision, digest } = plan;
    const top = [
        `# ${headline(plan).replace(/:$/, "")}`,
        "",
        `Release \`${releaseId}\` of revision \`${sourceRevision}\`. Digest \`${digest}\`: what runs is this, or nothing.`,
        "",
        ...(warnings.length > 0
            ? ["**Look at this first**", "", ...warnings.map((warning) => `- ${warning}`), ""]
            : []),
        ...(changes.length > 0 ? summary(plan) : []),
    ].join("\n");
    return `${top}${details(plan, limit - top.length)}`;
}

function summary({ changes, kind }: Plan): string[] {
    const columns =
        kind === "deploy"
            ? ["changeset", "what", "transaction", "can be undone"]
            : ["changeset", "what", "transaction"];
    const row = (cells: string[]) => `| ${cells.join(" | ")} |`;
    return [
        row(["", ...columns]),
        row(["---", ...columns.map(() => "---")]),
        ...changes.map((change, index) => {
            const { comment, runInTransaction } = change;
            const cells = [`\`${keyOf(change)}\``, cell(comment ?? ""), runInTransaction ? "yes" : "**no**"];
            return row([String(index + 1), ...cells, ...(kind === "deploy" ? [undoVerdict(change)] : [])]);
        }),
        "",
    ];
}

function undoVerdict({ undo, undoError, again }: PlannedChange): string {
    if (undoError !== undefined || undo === undefined) {
        return "**no**";
    }
    if (undo.length === 0) {
        return "nothing to undo";
    }
    return again ? "**not to its earlier form**" : "yes";
}

function details({ changes, kind }: Plan, room: number): string {
    let text = "";
    for (const [index, change] of changes.entries()) {
        const section = [
            "",
            `## ${index + 1}. ${change.id}`,
            "",
            fenced(change.sql),
            ...(kind === "deploy"
                ? ["", "<details><summary>What undoes it</summary>", "", undoText(change), "", "</details>"]
                : []),
            "",
        ].join("\n");
        if (text.length + section.length > room) {
            return `${text}\nThe SQL of the ${changes.length - index} changes from ${index + 1} on is in \`plan.json\`.\n`;
        }
        text += section;
    }
    return text;
}

function undoText({ undo, undoError }: PlannedChange): string {
    return undoError !== undefined ? `Nothing: ${undoError}` : fenced(undo ?? []);
}

function fenced(statements: string[]): string {
    if (statements.length === 0) {
        return "No SQL.";
    }
    const sql = statements.join("\n\n");
    const longest = Math.max(2, ...[...sql.matchAll(/`+/g)].map(([ticks]) => ticks.length));
    const fence = "`".repeat(longest + 1);
    return `${fence}sql\n${sql}\n${fence}`;
}

function cell(text: string): string {
    return text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
}
