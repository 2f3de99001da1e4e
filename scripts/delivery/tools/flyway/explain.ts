import { isLockNotGiven } from "../../engines/errors";
import { type CodedError, type ErrorDetails, migrationErrors } from "../../errors";
import type { Failure } from "../events";
import { kindByCode } from "../serverFailure";
import { flywayErrors } from "./errors";

const causes = [
    { pattern: /^Flyway's validation fails|Validate failed/, Kind: flywayErrors.FlywayValidationFailed },
    { pattern: /no(?:t|) .*Flyway history|no schema history table/, Kind: flywayErrors.FlywayHistoryMissing },
];

/** What failed and why, then what to do. */
export function explainFailure(
    step: string,
    { messages, serverError }: Failure,
    details: ErrorDetails = {},
): CodedError {
    const cause = messages.join("\n").trim() || "Flyway gives no reason";
    const facts = { step, cause: cause.replaceAll(/^/gm, "    ") };
    if (serverError !== undefined && isLockNotGiven(serverError.kind)) {
        return new migrationErrors.LocksNotGranted({ ...facts, lockViews: serverError.lockViews }, details);
    }
    const Kind =
        (serverError === undefined ? byWords(cause) : kindByCode(serverError)) ?? migrationErrors.MigrationFailed;
    return new Kind(facts, details);
}

function byWords(cause: string) {
    return causes.find(({ pattern }) => pattern.test(cause))?.Kind;
}
