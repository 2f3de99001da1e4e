import { visible } from "../../report/text";
import type { Plan } from "../model";
import { passedOverReasons, passedOverTitle } from "../passedOver";
import { html, type Markup } from "./markup";

/** Changesets that will not run, and why: folded. */
export function passedOverSection(plan: Pick<Plan, "passedOver">): Markup | undefined {
    const reasons = passedOverReasons(plan);
    return reasons.length === 0
        ? undefined
        : html`<details>
              <summary>${passedOverTitle(plan)}</summary>
              <ul>
                  ${reasons.map((reason) => html`<li>${visible(reason)}</li>`)}
              </ul>
          </details>`;
}
