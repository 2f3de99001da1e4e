import { modeName } from "./sample";
import type { Figures, TableLock } from "./watch";

/** Locks that keep everybody else from a table that others may be using, even from reading it. The longest first. */
export function exclusiveLocks({ locks }: Pick<Figures, "locks">): TableLock[] {
    return locks
        .filter(({ mode, existedBefore }) => mode === "AccessExclusiveLock" && existedBefore)
        .sort((one, other) => other.milliseconds - one.milliseconds);
}

/** What went over the budget, in words. */
export function overBudget(figures: Pick<Figures, "locks">, budgetMilliseconds: number): string[] {
    return exclusiveLocks(figures)
        .filter(({ milliseconds }) => milliseconds > budgetMilliseconds)
        .map(
            ({ table, mode, milliseconds }) =>
                `${table}: ${modeName(mode)} for ${whole(milliseconds)} ms; the lock budget is ${whole(budgetMilliseconds)} ms`,
        );
}

function whole(number: number): string {
    return Math.round(number).toLocaleString("en-US");
}
