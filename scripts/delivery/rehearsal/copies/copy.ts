import { messageOf } from "../../errors";
import type { DatabaseSettings } from "../../input/settings";

/** Where the copy of the database is; user and authorities are the original's. */
export type CopyAddress = Pick<DatabaseSettings, "host" | "port" | "name">;

/** A copy of the database that is made for one rehearsal. */
export interface Copy {
    make(): Promise<CopyAddress>;
    /** Deletes whatever is there of it, also of one that was half made, or never. */
    remove(): Promise<void>;
}

/** Makes the copy, works with it, and removes it whatever happens. No failure hides another. */
export async function withCopy<T>(copy: Copy, work: (address: CopyAddress) => Promise<T>): Promise<T> {
    let outcome: { result: T } | { error: unknown };
    try {
        outcome = { result: await work(await copy.make()) };
    } catch (error) {
        outcome = { error };
    }
    try {
        await copy.remove();
    } catch (error) {
        if ("result" in outcome) {
            throw error;
        }
        const messages = [messageOf(outcome.error), messageOf(error)];
        throw new AggregateError([outcome.error, error], messages.join("\n"), { cause: error });
    }
    if ("error" in outcome) {
        throw outcome.error;
    }
    return outcome.result;
}
