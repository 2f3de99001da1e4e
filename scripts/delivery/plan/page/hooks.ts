import { visible } from "../../report/text";
import { hooksTitle, type Plan } from "../model";
import { html, type Markup } from "./markup";

/** Characters of their SQL together. */
const mostSql = 100_000;

/** SQL that is part of no change, but runs with them. */
export function hooksSection({ hooks = [] }: Pick<Plan, "hooks">): Markup | undefined {
    let room = mostSql;
    const cards = hooks.map(({ file, sql }) => {
        const all = sql.join("\n\n");
        const shown = all.length <= room ? all : `${all.slice(0, room)}\n… (in full in plan.json)`;
        room = Math.max(0, room - all.length);
        return html`<article class="card">
            <header><h3>${visible(file)}</h3></header>
            <pre><code>${shown}</code></pre>
        </article>`;
    });
    return hooks.length === 0
        ? undefined
        : html`<section aria-labelledby="hooks">
              <h2 id="hooks">${hooksTitle}</h2>
              ${cards}
          </section>`;
}
