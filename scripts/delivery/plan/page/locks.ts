import { exclusiveLocks } from "../../locks/budget";
import { modeName } from "../../locks/sample";
import type { TableLock } from "../../locks/watch";
import type { Rehearsal, RehearsedChangeset } from "../../rehearsal/model";
import { html, type Markup } from "./markup";

/** Lock times as bars on one scale, with the budget as a line. */
export function lockSection(rehearsal: Rehearsal | undefined): Markup | undefined {
    if (rehearsal === undefined || rehearsal.status === "NotRehearsed" || rehearsal.changesets.length === 0) {
        return undefined;
    }
    const rows = rehearsal.changesets.map((changeset) => ({ changeset, lock: worstLock(changeset) }));
    const budget = rehearsal.lockBudgetMilliseconds;
    const longest = Math.max(budget, 1, ...rows.map(({ lock }) => lock?.atMost ?? 0));
    return html`<section aria-labelledby="locks">
        <h2 id="locks">How long others would wait</h2>
        <div class="card">
            <ol class="locks">
                ${rows.map(({ changeset, lock }) => row(changeset, lock, { budget, longest }))}
            </ol>
        </div>
        <p class="soft small">
            Measured on a copy of the data. The strongest lock of each changeset on a table that was there before; full
            colour: held for at least so long, pale: at most. The line is the budget of ${duration(budget)} for ACCESS
            EXCLUSIVE, which keeps everybody from the table.
        </p>
    </section>`;
}

function row(
    changeset: RehearsedChangeset,
    lock: TableLock | undefined,
    { budget, longest }: { budget: number; longest: number },
): Markup {
    const time = lock ? range(lock) : "";
    const percent = (milliseconds: number) => `${((100 * milliseconds) / longest).toFixed(2)}%`;
    const over = changeset.overBudget.length > 0;
    return html`<li>
        <div class="what">
            <span
                ><code>${changeset.id}</code>
                <span class="soft small">ran ${duration(changeset.seconds * 1000)}</span></span
            >
            <span class="time small"
                >${lock ? `${modeName(lock.mode)} on ${lock.table}: ${time}` : "no lock on a table that was there before"}</span
            >
        </div>
        ${
            lock &&
            html`<div
                class="scale${over && " over"}"
                role="img"
                aria-label="${modeName(lock.mode)} on ${lock.table}, ${time}${over && ", over the budget"}"
            >
                <span class="most" style="width: ${percent(lock.atMost)}"></span
                ><span class="least" style="width: ${percent(lock.milliseconds)}"></span
                ><span class="budget" style="left: calc(${percent(budget)} - 1px)"></span>
            </div>`
        }
        ${over && html`<p class="small"><strong>Over the budget:</strong> ${changeset.overBudget.join("; ")}</p>`}
    </li>`;
}

function range({ milliseconds, atMost }: TableLock): string {
    const [least, most] = [duration(milliseconds), duration(atMost)];
    return least === most ? least : milliseconds < 1 ? `at most ${most}` : `${least} to ${most}`;
}

/** Locks come strongest first; of those on tables that others may be using, the first counts. */
function worstLock({ figures }: RehearsedChangeset): TableLock | undefined {
    return (figures && exclusiveLocks(figures)[0]) ?? figures?.locks.find(({ existedBefore }) => existedBefore);
}

export function longestExclusive({ changesets }: Rehearsal): number {
    const locks = changesets.flatMap(({ figures }) => (figures ? exclusiveLocks(figures) : []));
    return Math.max(0, ...locks.map(({ milliseconds }) => milliseconds));
}

/** As people say it: `40 ms`, `1.3 s`, `4 min 10 s`. */
export function duration(milliseconds: number): string {
    if (milliseconds < 1000) {
        return `${Math.round(milliseconds)} ms`;
    }
    const seconds = milliseconds / 1000;
    if (seconds < 60) {
        return `${seconds.toFixed(1).replace(/\.0$/, "")} s`;
    }
    return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
