import type { Wait } from "../../locks/figures";
import { type LockMode, lockModes, type Sample } from "./sample";

/** How long a mode was held on a table. */
export interface LockTime {
    /** The table's OID. */
    relation: number;
    mode: LockMode;
    /** Lower bound: milliseconds from the first to the last sample of each transaction that held it. */
    milliseconds: number;
    /** Upper bound: milliseconds between the samples just outside those. */
    atMost: number;
}

/**
 * Adds up how long each lock was held. A lock counts as held between two samples if both saw it in the same transaction
 * of the same session: a transaction that ended and another that took the same lock again leave a gap. Sessions that
 * hold a lock at the same time count once.
 */
export function lockTimes(samples: Sample[]): LockTime[] {
    const times = new Map<string, LockTime>();
    const timeOf = (lock: string): LockTime => {
        const [relation, mode] = lock.split(" ") as [string, LockMode];
        const known = times.get(lock) ?? { relation: Number(relation), mode, milliseconds: 0, atMost: 0 };
        times.set(lock, known);
        return known;
    };
    const held = samples.map(holdersOf);
    held.flatMap((locks) => [...locks.keys()]).forEach(timeOf);
    for (let index = 1; index < samples.length; index++) {
        const length = Math.max(0, samples[index]!.at - samples[index - 1]!.at);
        const [before, after] = [held[index - 1]!, held[index]!];
        for (const lock of new Set([...before.keys(), ...after.keys()])) {
            const time = timeOf(lock);
            time.atMost += length;
            if (shareHolder(before.get(lock), after.get(lock))) {
                time.milliseconds += length;
            }
        }
    }
    return [...times.values()].sort(strongestFirst);
}

/** What the sessions waited for, and how long: each wait counts until the next sample. The longest first. */
export function waitTimes(samples: Sample[]): Wait[] {
    const times = new Map<string, number>();
    for (let index = 1; index < samples.length; index++) {
        const { at, sessions } = samples[index - 1]!;
        const length = Math.max(0, samples[index]!.at - at);
        for (const event of new Set(sessions.flatMap(({ wait }) => wait ?? []))) {
            times.set(event, (times.get(event) ?? 0) + length);
        }
    }
    return [...times]
        .map(([event, milliseconds]) => ({ event, milliseconds }))
        .filter(({ event, milliseconds }) => milliseconds > 0 && !isIdle(event))
        .sort((one, other) => other.milliseconds - one.milliseconds || (one.event < other.event ? -1 : 1));
}

/** Transactions that hold a lock, by table and mode. */
function holdersOf({ sessions }: Sample): Map<string, Set<string>> {
    const holders = new Map<string, Set<string>>();
    for (const { pid, transaction, locks } of sessions) {
        for (const { relation, mode } of locks.filter(({ granted }) => granted)) {
            const lock = `${relation} ${mode}`;
            holders.set(lock, (holders.get(lock) ?? new Set()).add(`${pid} ${transaction}`));
        }
    }
    return holders;
}

function shareHolder(before: Set<string> = new Set(), after: Set<string> = new Set()): boolean {
    return [...before].some((holder) => after.has(holder));
}

function strongestFirst(one: LockTime, other: LockTime): number {
    return (
        lockModes.indexOf(other.mode) - lockModes.indexOf(one.mode) ||
        other.milliseconds - one.milliseconds ||
        one.relation - other.relation
    );
}

/** Waiting for the client's next statement is harmless. */
function isIdle(event: string): boolean {
    return event.startsWith("Client:") || event.startsWith("Activity:");
}
