import { CodedError, InternalError, messageOf } from "../../errors";
import type { Copy, CopyAddress } from "../../engines/copy";

/** Creates the copy, works with it, and always removes it. No failure hides another. */
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
        if (outcome.error instanceof CodedError) {
            throw outcome.error.append([messageOf(error)]);
        }
        throw new InternalError(`${messageOf(outcome.error)}\n${messageOf(error)}`, { cause: outcome.error });
    }
    if ("error" in outcome) {
        throw outcome.error;
    }
    return outcome.result;
}
