import { count } from "../../changesets";
import { type Finding, isWaived, type LintReport, placeOf } from "../../lint";
import { html, type Markup } from "./markup";

/** Links that a group shows before the rest of them are folded away, and with them. */
const shownLinks = 10;
const mostLinks = 50;

/** Findings of one rule that harm in the same way and have the same alternative. */
interface Group {
    id: string;
    findings: [Finding, ...Finding[]];
}

/** All findings by rule: errors, warnings, waived ones. */
export class Findings {
    private readonly groups: Group[];
    private readonly groupOf = new Map<Finding, Group>();
    private readonly ofChangeset = new Map<string | undefined, Finding[]>();

    constructor(report: LintReport | undefined) {
        const byRule = new Map<string, Group>();
        for (const finding of report?.findings ?? []) {
            const { rule, why, instead, changeset } = finding;
            const key = JSON.stringify([rank(finding), rule, why, instead]);
            const group = byRule.get(key);
            if (group === undefined) {
                byRule.set(key, { id: `rule-${byRule.size + 1}`, findings: [finding] });
            } else {
                group.findings.push(finding);
            }
            this.groupOf.set(finding, byRule.get(key)!);
            this.ofChangeset.set(changeset, [...(this.ofChangeset.get(changeset) ?? []), finding]);
        }
        this.groups = [...byRule.values()].sort((a, b) => rank(a.findings[0]) - rank(b.findings[0]));
    }

    /** Those about a changeset, or about none. */
    about(changeset: string | undefined): Finding[] {
        return this.ofChangeset.get(changeset) ?? [];
    }

    /** The list at the beginning of the page; `cardOf` gives the anchor of a changeset's card, if the page has it. */
    list(cardOf: (changeset: string) => string | undefined): Markup | undefined {
        if (this.groups.length === 0) {
            return undefined;
        }
        return html`<section aria-labelledby="findings">
            <h2 id="findings">Findings</h2>
            <div class="card">
                <ul class="lowered">
                    ${this.groups.map((group) => groupItem(group, cardOf))}
                </ul>
            </div>
        </section>`;
    }

    /** A finding on its changeset's card; the reason that others share is in the list. */
    note(finding: Finding): Markup {
        const { rule, level, file, line, what, why, instead, waived } = finding;
        const group = this.groupOf.get(finding);
        const repeated = group !== undefined && group.findings.length > 1;
        const excused = isWaived(finding);
        const mood = excused ? "waived" : level === "error" ? "bad" : "warn";
        return html`<div class="finding ${mood}">
            <p>
                <strong>${titleOf(finding)}: ${repeated ? html`<a href="#${group.id}">${rule}</a>` : rule}</strong>
                <span class="soft small">${file}${line !== undefined && `:${line}`}</span>
            </p>
            <p>${what}</p>
            ${!excused && !repeated && html`<p class="small">${why} <em>Instead:</em> ${instead}</p>`}
            ${waived !== undefined && html`<p class="small"><em>Waived:</em> ${waived}${!excused && ` (the stack's config sets ${level} as the rule's minimum)`}</p>`}
        </div>`;
    }
}

function groupItem({ id, findings }: Group, cardOf: (changeset: string) => string | undefined): Markup {
    const [first] = findings;
    const links = findings.slice(0, mostLinks).map((finding) => link(finding, cardOf));
    const [shown, folded] = [links.slice(0, shownLinks), links.slice(shownLinks)];
    const left = findings.length - links.length;
    return html`<li id="${id}">
        <strong>${titleOf(first)}: ${first.rule}</strong>
        <span class="soft small">${findings.length > 1 && count(findings.length, "finding")}</span>
        ${findings.length > 1 && html`<p class="small">${first.why} <em>Instead:</em> ${first.instead}</p>`}
        <p class="small">${separated(shown)}</p>
        ${
            folded.length > 0 &&
            html`<details>
                <summary>${findings.length - shown.length} more</summary>
                <p class="small">
                    ${separated(folded)}${left > 0 && html`; … and ${left} more, in <code>plan.json</code>`}
                </p>
            </details>`
        }
    </li>`;
}

function link({ changeset, file, line }: Finding, cardOf: (changeset: string) => string | undefined): Markup {
    const text = changeset ?? placeOf({ file, line });
    const card = changeset && cardOf(changeset);
    return card === undefined ? html`<code>${text}</code>` : html`<a href="#${card}"><code>${text}</code></a>`;
}

function separated(parts: Markup[]): Markup {
    return html`${parts.map((part, index) => html`${index > 0 && "; "}${part}`)}`;
}

function titleOf(finding: Finding): string {
    return isWaived(finding) ? "Waived" : finding.level === "error" ? "Error" : "Warning";
}

function rank(finding: Finding): number {
    return isWaived(finding) ? 2 : finding.level === "error" ? 0 : 1;
}
