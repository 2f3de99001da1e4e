import { renderDifferences } from "../catalog";
import { driftSummary } from "../drift/compare";
import { codeTitle, describeUse } from "../code/model";
import type { Rehearsal } from "../rehearsal/model";
import { headline, type Plan } from "./model";
import { changeSection } from "./page/changes";
import { lockSection } from "./page/locks";
import { loweredSection } from "./page/lowered";
import { html, Markup } from "./page/markup";
import { style } from "./page/style";
import { tiles } from "./page/tiles";

/**
 * The plan as an approver reads it in a minute: one page that needs nothing else, with what a rehearsal of it measured.
 * It runs no script and loads nothing, and says so to the browser.
 */
export function planHtml(plan: Plan, rehearsal?: Rehearsal): string {
    const title = headline(plan).replace(/:$/, "");
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
                    ${notice("bad", codeTitle, (plan.code ?? []).map(describeUse))} ${tiles(plan, rehearsal)}
                    ${notice("bad", "This must not run", [...(plan.objections ?? []), ...(rehearsal?.problems ?? [])])}
                    ${notice("warn", "Look at this first", [...plan.warnings, ...(rehearsal?.warnings ?? [])])}
                    ${loweredSection(plan.lint)} ${lockSection(rehearsal)} ${changeSection(plan)}
                    ${driftSection(plan.drift)} ${footer(plan)}
                </main>
            </body>
        </html> `;
    return page.toString();
}

const mostNotices = 20;

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
    const lines = renderDifferences(drift.differences);
    return html`<section aria-labelledby="drift">
        <h2 id="drift">What somebody changed by hand</h2>
        <p>${driftSummary(drift)}</p>
        ${lines.length > 0 && html`<pre><code>${lines.join("\n")}</code></pre>`}
    </section>`;
}

function footer({ digest, catalog, lint }: Plan): Markup {
    const dismissed = lint?.dismissals.length ?? 0;
    return html`<footer class="soft small">
        <p>Digest <code>${digest}</code></p>
        <p>
            Over the changes above and the catalog they start from (<code>${catalog.slice(0, 16)}…</code>): the
            deployment runs this, or nothing. Compare it with the digest that the approval shows.
        </p>
        ${dismissed > 0 && html`<p>${dismissed} of the linter's findings were dismissed: the plan itself shows that nobody waits.</p>`}
    </footer>`;
}
