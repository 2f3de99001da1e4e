import { type LintReport, loweredRows, loweredTitle } from "../../lint";
import { html, type Markup } from "./markup";

/** What the repository makes weigh less than it does in this environment: an approver must not have to look for it. */
export function loweredSection(lint: LintReport | undefined): Markup | undefined {
    if (lint === undefined || lint.lowered.length === 0) {
        return undefined;
    }
    return html`<section aria-labelledby="lowered">
        <h2 id="lowered">${loweredTitle}</h2>
        <div class="card">
            <ul class="lowered">
                ${loweredRows(lint.lowered).map(
                    ({ rules, from, to, where, reason }) =>
                        html`<li>
                            <strong>${rules.join(", ")}</strong>: ${from} → ${to}
                            <span class="soft small">by <code>${where}</code></span>
                            ${reason !== "" && html`<p class="small"><em>Reason:</em> ${reason}</p>`}
                        </li>`,
                )}
            </ul>
        </div>
    </section>`;
}
