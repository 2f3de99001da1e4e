import { ErrorKind, isLockNotGiven } from "../engines/errors";
import { type CodedError, type ErrorDetails, migrationErrors } from "../errors";
import type { ServerError } from "./events";

/** The error for what the server refused, by its code and not by its words, which a migration can choose. */
export function serverFailure(
    step: string,
    cause: string,
    serverError: ServerError | undefined,
    details: ErrorDetails = {},
): CodedError {
    const facts = { step, cause: indent(cause || "there is no reason given") };
    const options = { ...details, brief: { cause } };
    if (serverError !== undefined && isLockNotGiven(serverError.kind)) {
        return new migrationErrors.LocksNotGranted({ ...facts, lockViews: serverError.lockViews }, options);
    }
    const Kind = (serverError && kindByCode(serverError)) ?? migrationErrors.MigrationFailed;
    return new Kind(facts, options);
}

/** By the server's code, not by its words: a migration can write any words into its message. */
export function kindByCode({ kind }: ServerError) {
    switch (kind) {
        case ErrorKind.PermissionDenied:
            return migrationErrors.PrivilegeMissing;
        case ErrorKind.TimedOut:
            return migrationErrors.StatementTimedOut;
        default:
            return undefined;
    }
}

/** A cause, as messages show it below their first line. */
export function indent(text: string): string {
    return text
        .split("\n")
        .map((line) => `    ${line}`)
        .join("\n");
}
