import { CodedError } from "../../scripts/delivery/errors";

/** The coded error that some work ends with. */
export function refusalOf(work: () => unknown): CodedError {
    try {
        work();
    } catch (error) {
        if (error instanceof CodedError) return error;
        throw error;
    }
    throw new Error("was accepted");
}
