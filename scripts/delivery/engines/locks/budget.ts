import type { Figures, LockModes, TableLock } from "./figures";

/** Exclusive locks that block even reads, on tables that may be in use. The longest first. */
export function exclusiveLocks({ locks }: Pick<Figures, "locks">, { exclusive }: LockModes): TableLock[] {
    return locks
        .filter(({ mode, existedBefore }) => mode === exclusive && existedBefore)
        .sort((one, other) => other.milliseconds - one.milliseconds);
}

/** Describes each lock that exceeded the budget. */
export function overBudget(figures: Pick<Figures, "locks">, budgetMilliseconds: number, modes: LockModes): string[] {
    return exclusiveLocks(figures, modes)
        .filter(({ milliseconds }) => milliseconds > budgetMilliseconds)
        .map(
            ({ table, mode, milliseconds }) =>
                `${table}: ${modeName(mode, modes)} for ${whole(milliseconds)} ms; the lock budget is ${whole(budgetMilliseconds)} ms`,
        );
}

/** The mode's name in the engine's manual and SQL. */
export function modeName(mode: string, { names }: LockModes): string {
    return names[mode] ?? mode;
}

function whole(number: number): string {
    return Math.round(number).toLocaleString("en-US");
}
