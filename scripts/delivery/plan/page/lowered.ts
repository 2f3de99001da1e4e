import { type LintReport, loweredRows, loweredTitle } from "../../lint";
import { html, type Markup } from "./markup";

const mostRows = 100;

/** Rules that the repository lowers in this environment: an approver must see them at once. */
export function loweredSection(lint: LintReport | undefined): Markup | undefined {
    if (lint === undefined || lint.lowered.length === 0) {
        return undefined;
    }
    const rows = loweredRows(lint.lowered);
    const hidden = rows.length - mostRows;
    return html`<section aria-labelledby="lowered">
        <h2 id="lowered">${loweredTitle}</h2>
        <div class="card">
            <ul class="lowered">
                ${rows.slice(0, mostRows).map(
                    ({ rules, from, to, where, reason }) =>
                        html`<li>
                            <strong>${rules.join(", ")}</strong>: ${from} → ${to}
                            <span class="soft small">by <code>${where}</code></span>
                            ${reason !== "" && html`<p class="small"><em>Reason:</em> ${reason}</p>`}
                        </li>`,
                )}
                ${hidden > 0 && html`<li>… and ${hidden} more, in <code>plan.json</code></li>`}
            </ul>
        </div>
    </section>`;
}
