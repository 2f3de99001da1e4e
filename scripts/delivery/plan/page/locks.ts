import type { EngineCapabilities } from "../../engines/engine";
import { exclusiveLocks, modeName } from "../../engines/locks/budget";
import type { LockModes, TableLock } from "../../engines/locks/figures";
import type { Rehearsal, RehearsedChangeset } from "../../safety/rehearsal/model";
import { html, type Markup } from "./markup";

/** Changesets with bars of their own. */
const mostRows = 100;

/** Lock times as bars on one scale, with the budget as a line. */
export function lockSection(
    { lockModes, lockSampling }: EngineCapabilities,
    rehearsal: Rehearsal | undefined,
): Markup | undefined {
    if (
        lockSampling === "None" ||
        rehearsal === undefined ||
        rehearsal.status === "NotRehearsed" ||
        rehearsal.changesets.length === 0
    ) {
        return undefined;
    }
    const rows = rehearsal.changesets.map((changeset) => ({ changeset, lock: worstLock(changeset, lockModes) }));
    const budget = rehearsal.lockBudgetMilliseconds;
    const longest = Math.max(budget, 1, ...rows.map(({ lock }) => lock?.atMost ?? 0));
    // Most changesets of a large release create new tables, which no session waits for.
    const concerned =
        rows.length > mostRows ? rows.filter(({ changeset, lock }) => lock || changeset.overBudget.length > 0) : rows;
    const shown = concerned.slice(0, mostRows);
    const hidden = rows.length - shown.length;
    return html`<section aria-labelledby="locks">
        <h2 id="locks">How long others would wait</h2>
        <div class="card">
            <ol class="locks">
                ${shown.map(({ changeset, lock }) => row(changeset, lock, { budget, longest, lockModes }))}
            </ol>
            ${hidden > 0 && html`<p class="soft small">… and ${hidden} more, in <code>rehearsal.json</code></p>`}
        </div>
        <p class="soft small">
            Measured on a copy of the data. The strongest lock of each changeset on an existing table; full colour:
            minimum duration, pale: maximum. The line is the budget of ${duration(budget)} for
            ${modeName(lockModes.exclusive, lockModes)}, which blocks all access to the table.
        </p>
    </section>`;
}

function row(
    changeset: RehearsedChangeset,
    lock: TableLock | undefined,
    { budget, longest, lockModes }: { budget: number; longest: number; lockModes: LockModes },
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
                >${lock ? `${modeName(lock.mode, lockModes)} on ${lock.table}: ${time}` : "no lock on an existing table"}</span
            >
        </div>
        ${
            lock &&
            html`<div
                class="scale${over && " over"}"
                role="img"
                aria-label="${modeName(lock.mode, lockModes)} on ${lock.table}, ${time}${over && ", over the budget"}"
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

/** Locks are sorted by strength; the first on a table that may be in use counts. */
function worstLock({ figures }: RehearsedChangeset, modes: LockModes): TableLock | undefined {
    return (figures && exclusiveLocks(figures, modes)[0]) ?? figures?.locks.find(({ existedBefore }) => existedBefore);
}

export function longestExclusive({ changesets }: Rehearsal, modes: LockModes): number {
    const locks = changesets.flatMap(({ figures }) => (figures ? exclusiveLocks(figures, modes) : []));
    return Math.max(0, ...locks.map(({ milliseconds }) => milliseconds));
}

/** In natural units: `40 ms`, `1.3 s`, `4 min 10 s`. */
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
