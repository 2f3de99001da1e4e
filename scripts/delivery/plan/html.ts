import { count } from "../changesets";
import type { EngineCapabilities } from "../engines/engine";
import { renderDifferences } from "../engines/fingerprint";
import { driftSummary } from "../safety/drift/compare";
import { codeTitle, describeUse } from "../tools/code";
import type { PlanWords } from "../tools/tool";
import type { Rehearsal } from "../safety/rehearsal/model";
import { headline, type Plan } from "./model";
import { lossLines } from "../lint";
import { changeCards } from "./page/changes";
import { Findings } from "./page/findings";
import { hooksSection } from "./page/hooks";
import { lockSection } from "./page/locks";
import { loweredSection } from "./page/lowered";
import { html, Markup } from "./page/markup";
import { passedOverSection } from "./page/passedOver";
import { style } from "./page/style";
import { tiles } from "./page/tiles";

/**
 * The plan as an approver can read it in a minute: one self-contained page, with the measurements of its rehearsal. It
 * runs no script and loads nothing, and its content security policy enforces that.
 */
export function planHtml(plan: Plan, capabilities: EngineCapabilities, tool: PlanWords, rehearsal?: Rehearsal): string {
    const title = headline(plan).replace(/:$/, "");
    const findings = new Findings(plan.lint);
    const cards = changeCards(plan, tool, findings);
    const page = html`<!doctype html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
                <title>${title} (${plan.releaseId})</title>
                <style>
                    ${new Markup(style)}
                </style>
            </head>
            <body>
                <main>
                    <h1>${title}</h1>
                    <p class="soft">
                        Release <code>${plan.releaseId}</code> of revision <code>${plan.sourceRevision}</code>
                    </p>
                    ${notice(
                        "bad",
                        codeTitle,
                        (plan.code ?? []).map((use) => describeUse(use, tool)),
                    )}
                    ${tiles(plan, capabilities, rehearsal)}
                    ${notice("bad", "This must not run", [...(plan.objections ?? []), ...(rehearsal?.problems ?? [])])}
                    ${notice("warn", "Look at this first", [...lossLines(plan.lint), ...plan.warnings, ...(rehearsal?.warnings ?? [])])}
                    ${findings.list(cards.anchorOf)} ${loweredSection(plan.lint)}
                    ${lockSection(capabilities, rehearsal)} ${hooksSection(plan)} ${cards.section}
                    ${passedOverSection(plan)} ${driftSection(plan.drift)} ${footer(plan)}
                </main>
            </body>
        </html> `;
    return page.toString();
}

const mostNotices = 20;
const mostDriftLines = 200;

function notice(mood: "bad" | "warn", title: string, lines: string[]): Markup | undefined {
    if (lines.length === 0) {
        return undefined;
    }
    const hidden = lines.length - mostNotices;
    return html`<div class="notice ${mood}" role="note">
        <strong>${title}</strong>
        <ul>
            ${lines.slice(0, mostNotices).map((line) => html`<li>${line}</li>`)}
            ${hidden > 0 && html`<li>… and ${hidden} more, in <code>plan.json</code></li>`}
        </ul>
    </div>`;
}

function driftSection(drift: Plan["drift"]): Markup | undefined {
    if (drift === undefined || drift.result === "None") {
        return undefined;
    }
    const all = renderDifferences(drift.differences);
    const hidden = all.length - mostDriftLines;
    const lines = [
        ...all.slice(0, mostDriftLines),
        ...(hidden > 0 ? [`… and ${count(hidden, "line")} more, in plan.json`] : []),
    ];
    return html`<section aria-labelledby="drift">
        <h2 id="drift">Changes made by hand</h2>
        <p>${driftSummary(drift)}</p>
        ${lines.length > 0 && html`<pre><code>${lines.join("\n")}</code></pre>`}
    </section>`;
}

function footer({ digest, catalog, lint }: Plan): Markup {
    const dismissed = lint?.dismissals.length ?? 0;
    return html`<footer class="soft small">
        <p>Digest <code>${digest}</code></p>
        <p>
            Covers the changes above and the catalog they start from (<code>${catalog.slice(0, 16)}…</code>): the
            deployment runs exactly this, or nothing. Compare it with the digest that the approval shows.
        </p>
        ${dismissed > 0 && html`<p>${dismissed} of the linter's findings were dismissed: the plan shows that no one would wait.</p>`}
    </footer>`;
}
