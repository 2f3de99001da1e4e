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
    return new (kindOf(serverError))(facts, options);
}

function kindOf(serverError: ServerError | undefined) {
    switch (serverError?.kind) {
        case ErrorKind.PermissionDenied:
            return migrationErrors.PrivilegeMissing;
        case ErrorKind.TimedOut:
            return migrationErrors.StatementTimedOut;
        default:
            return migrationErrors.MigrationFailed;
    }
}

function indent(text: string): string {
    return text
        .split("\n")
        .map((line) => `    ${line}`)
        .join("\n");
}
