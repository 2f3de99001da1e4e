import { keyOf } from "../../changesets";
import { type Finding, isLoss } from "../../lint";
import type { Decision } from "../../tools/events";
import { describeFile, type FileRead } from "../../tools/files";
import { shortPrecondition } from "../../tools/preconditions";
import type { PlanWords } from "../../tools/tool";
import { type Plan, type PlannedChange, type UndoVerdict, undoVerdict } from "../model";
import { decisionText } from "../passedOver";
import { visible } from "../../report/text";
import type { Findings } from "./findings";
import { html, type Markup } from "./markup";

/** Bytes of all cards together: the page opens at once, and can be mailed and commented on. */
const mostBytes = 700_000;
/** Bytes of the rows that replace cards for which there is no room. */
const mostRowBytes = 100_000;
/** With more changes, SQL is shown on request. */
const mostOpen = 50;
/** Characters of a change's SQL, where there is not room for all of it. */
const mostSql = 20_000;
const mostFiles = 20;
const mostPlaceless = 50;

/** The cards of a plan, as many as there is room for: those with something to decide first. */
export interface ChangeCards {
    section: Markup;
    /** The anchor of a changeset's card, if the page has it. */
    anchorOf: (changeset: string) => string | undefined;
}

/** Each change with its SQL, its undo and the linter's findings. */
export function changeCards(plan: Plan, tool: PlanWords, findings: Findings): ChangeCards {
    const { changes, kind, lint } = plan;
    const common = { undoable: kind === "deploy" && tool.capabilities.undo, tool, findings };
    const cards = changes.map((change, index) => {
        const loses = isLoss(change, lint);
        const calm = isCalm(change, { loses, findings: findings.about(keyOf(change)) });
        return {
            change,
            calm,
            options: { ...common, number: index + 1, loses, folded: calm && changes.length > mostOpen },
        };
    });
    const shown = new Map<number, Markup>();
    let room = mostBytes;
    const show = (index: number, card: Markup) => {
        const bytes = Buffer.byteLength(card.toString());
        if (bytes > room) return false;
        room -= bytes;
        shown.set(index, card);
        return true;
    };
    for (const calm of [false, true]) {
        for (const [index, card] of cards.entries()) {
            if (card.calm === calm) {
                void (
                    show(index, changeCard(card.change, card.options)) ||
                    show(index, changeCard(shortened(card.change), card.options))
                );
            }
        }
    }
    room = mostRowBytes;
    for (const [index, { change }] of cards.entries()) {
        if (!shown.has(index)) show(index, changeRow(change, index + 1));
    }
    const placeless = findings.about(undefined);
    const hidden = placeless.length - mostPlaceless;
    const section = html`<section aria-labelledby="changes">
        <h2 id="changes">${kind === "deploy" ? "What will run" : "What will be undone"}</h2>
        ${plan.preconditions && html`<p><strong>Only if</strong> ${visible(shortPrecondition(plan.preconditions, tool))}</p>`}
        ${changes.length === 0 && html`<p>Nothing.</p>`}
        ${placeless.slice(0, mostPlaceless).map((finding) => findings.note(finding))}
        ${hidden > 0 && html`<p>… and ${hidden} more, in <code>plan.json</code></p>`} ${withGaps(changes.length, shown)}
    </section>`;
    const numbers = new Map(changes.map((change, index) => [keyOf(change), index]));
    return {
        section,
        anchorOf: (changeset) => {
            const index = numbers.get(changeset);
            return index !== undefined && shown.has(index) ? anchor(index + 1) : undefined;
        },
    };
}

/** Whether a change asks nothing of its approver. */
function isCalm(change: PlannedChange, { loses, findings }: { loses: boolean; findings: Finding[] }): boolean {
    const { undoError, again, runInTransaction, mayFail, readsDatabase } = change;
    const plain = undoError === undefined && !again && runInTransaction && !mayFail && !readsDatabase;
    return plain && !loses && findings.length === 0;
}

function shortened(change: PlannedChange): PlannedChange {
    const cut = (statements: string[]) => {
        const all = statements.join("\n\n");
        return all.length <= mostSql ? statements : [`${all.slice(0, mostSql)}\n… (in full in plan.json)`];
    };
    return { ...change, sql: cut(change.sql), ...(change.undo && { undo: cut(change.undo) }) };
}

function changeRow({ id, file }: PlannedChange, number: number): Markup {
    return html`<p class="soft small" id="${anchor(number)}">
        <span class="number">${number}</span> ${visible(id)} <code>${visible(file)}</code>
    </p>`;
}

/** What is not shown, in its place. */
function withGaps(total: number, shown: Map<number, Markup>): Markup[] {
    const parts: Markup[] = [];
    for (let index = 0; index < total; index++) {
        const from = index;
        while (index < total && !shown.has(index)) index++;
        if (index > from) {
            parts.push(
                html`<p>
                    ${index - from === 1 ? `Change ${index} is` : `Changes ${from + 1} to ${index} are`} in
                    <code>plan.json</code>.
                </p>`,
            );
        }
        const card = shown.get(index);
        if (card !== undefined) parts.push(card);
    }
    return parts;
}

function anchor(number: number): string {
    return `change-${number}`;
}

interface CardOptions {
    number: number;
    /** Whether the card shows the undo. */
    undoable: boolean;
    tool: PlanWords;
    findings: Findings;
    /** Whether it loses data. */
    loses: boolean;
    /** Whether its SQL is shown on request. */
    folded: boolean;
}

function changeCard(change: PlannedChange, options: CardOptions): Markup {
    const { number, undoable, tool, findings, loses, folded } = options;
    const { id, author, file, comment, runInTransaction, again, sql } = change;
    return html`<article class="card" id="${anchor(number)}">
        <header>
            <span class="number">${number}</span>
            <h3>${visible(id)}</h3>
            ${change.decision && html`<span class="tag warn">${decisionTags[change.decision.outcome]}</span>`}
            ${again && html`<span class="tag warn">runs again</span>`}
            ${change.readsDatabase && html`<span class="tag warn">SQL depends on the database</span>`}
            ${change.mayFail && html`<span class="tag warn">may fail</span>`}
            ${!runInTransaction && html`<span class="tag warn">outside a transaction</span>`}
            ${undoable && undoTag(change, loses)}
        </header>
        <p class="soft small"><code>${visible(file)}</code>, by ${visible(author)}</p>
        ${comment !== undefined && comment !== "" && html`<p>${comment}</p>`}${findings.about(keyOf(change)).map((finding) => findings.note(finding))}
        ${change.decision && html`<p><strong>It ${visible(decisionText(change.decision))}</strong></p>`}
        ${change.preconditions && html`<p class="small"><strong>Only if</strong> ${visible(shortPrecondition(change.preconditions, tool))}</p>`}
        ${filesRead(change.files)}${tool.capabilities.sqlPreview || change.sql.length > 0 ? (folded ? foldedCode(sql) : code(sql)) : unknownSql()}
        ${undoable && undoDetails(change)}
    </article>`;
}

const decisionTags = {
    Marked: "only marked as run",
    Halts: "stops the release",
    Unknown: "may not run",
} as const satisfies Record<Decision["outcome"], string>;

const undoTags: Record<UndoVerdict, { mood: string; text: string }> = {
    yes: { mood: "good", text: "can be undone" },
    no: { mood: "bad", text: "cannot be undone" },
    "nothing to undo": { mood: "plain", text: "nothing to undo" },
    "structure only": { mood: "warn", text: "undoing restores the structure only, not the data" },
    "not to its earlier form": { mood: "warn", text: "undoing does not restore the earlier form" },
};

function undoTag(change: PlannedChange, loses: boolean): Markup {
    const { mood, text } = undoTags[undoVerdict(change, { loses })];
    return html`<span class="tag ${mood}">${text}</span>`;
}

function undoDetails({ undo = [], undoFiles, undoError, undoReason }: PlannedChange): Markup {
    if (undoError !== undefined) {
        return html`<p class="small"><strong>Cannot be undone:</strong> ${undoError}</p>`;
    }
    if (undo.length === 0 && undoReason !== undefined) {
        return html`<p class="small"><strong>Nothing to undo:</strong> ${visible(undoReason)}</p>`;
    }
    return html`<details>
        <summary>Rollback</summary>
        ${filesRead(undoFiles)}${code(undo)}
    </details>`;
}

/** Shown because the SQL may contain only the file's name. */
function filesRead(files: FileRead[] = []): Markup[] {
    const hidden = files.length - mostFiles;
    const shown = files.slice(0, mostFiles).map((file) => describeFile(file));
    return [...shown, ...(hidden > 0 ? [`… and ${hidden} more files, in plan.json`] : [])].map(
        (text) => html`<p class="soft small">Reads ${visible(text)}</p>`,
    );
}

function unknownSql(): Markup {
    return html`<p class="soft small">Its SQL is not known before it runs.</p>`;
}

function foldedCode(statements: string[]): Markup {
    return html`<details>
        <summary>SQL</summary>
        ${code(statements)}
    </details>`;
}

function code(statements: string[]): Markup {
    return statements.length === 0
        ? html`<p class="soft small">No SQL.</p>`
        : html`<pre><code>${statements.join("\n\n")}</code></pre>`;
}
