import { keyOf } from "../../changesets";
import { type Finding, isWaived } from "../../lint";
import { describeFile, type FileRead } from "../../liquibase/files";
import { shortPrecondition } from "../../liquibase/preconditions";
import { type Plan, type PlannedChange, undoVerdict } from "../model";
import { visible } from "../../report/text";
import { html, type Markup } from "./markup";

/** Beyond this nobody reads; a browser still opens it at once. */
const mostCharacters = 1_000_000;
const mostFiles = 20;

/** Each change with its SQL, what undoes it, and what the linter has against it. */
export function changeSection(plan: Plan): Markup {
    const findings = byChangeset(plan.lint?.findings ?? []);
    const cards: Markup[] = [];
    let length = 0;
    for (const [index, change] of plan.changes.entries()) {
        const card = changeCard(change, index + 1, plan.kind, findings.get(keyOf(change)) ?? []);
        length += card.toString().length;
        if (length > mostCharacters && index > 0) {
            cards.push(html`<p>The other ${plan.changes.length - index} changes are in <code>plan.json</code>.</p>`);
            break;
        }
        cards.push(card);
    }
    const placeless = (plan.lint?.findings ?? []).filter(({ changeset }) => changeset === undefined);
    return html`<section aria-labelledby="changes">
        <h2 id="changes">${plan.kind === "deploy" ? "What will run" : "What will be undone"}</h2>
        ${plan.preconditions && html`<p><strong>Only if</strong> ${visible(shortPrecondition(plan.preconditions))}</p>`}
        ${plan.changes.length === 0 && html`<p>Nothing.</p>`}${placeless.map(findingNote)}${cards}
    </section>`;
}

function changeCard(change: PlannedChange, number: number, kind: Plan["kind"], findings: Finding[]): Markup {
    const { id, author, file, comment, runInTransaction, again, sql } = change;
    return html`<article class="card">
        <header>
            <span class="number">${number}</span>
            <h3>${visible(id)}</h3>
            ${again && html`<span class="tag warn">runs again</span>`}
            ${change.readsDatabase && html`<span class="tag warn">SQL depends on the database</span>`}
            ${change.failOnError === false && html`<span class="tag warn">may fail</span>`}
            ${!runInTransaction && html`<span class="tag warn">outside a transaction</span>`}
            ${kind === "deploy" && undoTag(change)}
        </header>
        <p class="soft small"><code>${visible(file)}</code>, by ${visible(author)}</p>
        ${comment !== undefined && comment !== "" && html`<p>${comment}</p>`}${findings.map(findingNote)}
        ${change.preconditions && html`<p class="small"><strong>Only if</strong> ${visible(shortPrecondition(change.preconditions))}</p>`}
        ${filesRead(change.files)}${code(sql)} ${kind === "deploy" && undoDetails(change)}
    </article>`;
}

const undoTags: Record<ReturnType<typeof undoVerdict>, { mood: string; text: string }> = {
    yes: { mood: "good", text: "can be undone" },
    no: { mood: "bad", text: "cannot be undone" },
    "nothing to undo": { mood: "plain", text: "nothing to undo" },
    "not to its earlier form": { mood: "warn", text: "undoing does not restore the earlier form" },
};

function undoTag(change: PlannedChange): Markup {
    const { mood, text } = undoTags[undoVerdict(change)];
    return html`<span class="tag ${mood}">${text}</span>`;
}

function undoDetails({ undo = [], undoFiles, undoError }: PlannedChange): Markup {
    if (undoError !== undefined) {
        return html`<p class="small"><strong>Nothing undoes it:</strong> ${undoError}</p>`;
    }
    return html`<details>
        <summary>What undoes it</summary>
        ${filesRead(undoFiles)}${code(undo)}
    </details>`;
}

/** The SQL may show no more of a file than its name. */
function filesRead(files: FileRead[] = []): Markup[] {
    const hidden = files.length - mostFiles;
    const shown = files.slice(0, mostFiles).map((file) => describeFile(file));
    return [...shown, ...(hidden > 0 ? [`… and ${hidden} more files, in plan.json`] : [])].map(
        (text) => html`<p class="soft small">Reads ${visible(text)}</p>`,
    );
}

function code(statements: string[]): Markup {
    return statements.length === 0
        ? html`<p class="soft small">No SQL.</p>`
        : html`<pre><code>${statements.join("\n\n")}</code></pre>`;
}

function findingNote(finding: Finding): Markup {
    const { rule, level, file, line, what, why, instead, waived } = finding;
    const excused = isWaived(finding);
    const mood = excused ? "waived" : level === "error" ? "bad" : "warn";
    const title = excused ? "Waived" : level === "error" ? "Error" : "Warning";
    return html`<div class="finding ${mood}">
        <p>
            <strong>${title}: ${rule}</strong>
            <span class="soft small">${file}${line !== undefined && `:${line}`}</span>
        </p>
        <p>${what}</p>
        ${!excused && html`<p class="small">${why} <em>Instead:</em> ${instead}</p>`}
        ${waived !== undefined && html`<p class="small"><em>Waived:</em> ${waived}${!excused && ` (the stack's config pins the rule at ${level})`}</p>`}
    </div>`;
}

function byChangeset(findings: Finding[]): Map<string, Finding[]> {
    const groups = new Map<string, Finding[]>();
    for (const finding of findings) {
        const key = finding.changeset ?? "";
        groups.set(key, [...(groups.get(key) ?? []), finding]);
    }
    return groups;
}
