import { isLockNotGiven } from "../../engines/errors";
import { type CodedError, type ErrorDetails, migrationErrors } from "../../errors";
import type { Failure, ServerError } from "../events";
import { indent, kindByCode } from "../serverFailure";
import { liquibaseErrors } from "./errors";

/**
 * Liquibase's own messages, for errors without a code. `does not exist`: of a file. Duplicates come first: the
 * second of two changesets with one name also differs from what ran under it.
 */
const liquibaseCauses = [
    { pattern: /duplicate identifiers/, Kind: liquibaseErrors.ChangesetDuplicate },
    { pattern: /check sum/, Kind: liquibaseErrors.ChangesetEdited },
    {
        pattern: /not found in the configured search path|does not exist$/m,
        Kind: liquibaseErrors.ChangelogFileMissing,
    },
    { pattern: /Could not acquire change log lock/, Kind: liquibaseErrors.ChangelogLockHeld },
    { pattern: /The precondition .* was stopped after/, Kind: liquibaseErrors.PreconditionStopped },
    { pattern: /StackOverflowError/, Kind: liquibaseErrors.NestedTooDeeply },
    { pattern: /Could not find tag/, Kind: liquibaseErrors.TagMissing },
    { pattern: /Expected single row from|up to date database metadata/, Kind: liquibaseErrors.ChangeReadsDatabase },
    { pattern: /Unknown change type/, Kind: liquibaseErrors.ChangeTypeUnknown },
];

/** Liquibase's report without its noise: what failed and why, then what to do. */
export function explainFailure(
    step: string,
    { messages, serverError }: Failure,
    details: ErrorDetails = {},
): CodedError {
    const text = messages.join("\n");
    const cause = causeOf(messages);
    const facts = { step, cause: indent(cause || "Liquibase gives no reason") };
    const options = { ...details, brief: { cause: withoutSql(cause, serverError) || facts.cause } };
    if (serverError !== undefined && isLockNotGiven(serverError.kind)) {
        return new migrationErrors.LocksNotGranted({ ...facts, lockViews: serverError.lockViews }, options);
    }
    const Kind =
        (serverError === undefined ? kindByWords(text) : kindByCode(serverError)) ?? migrationErrors.MigrationFailed;
    return new Kind(facts, options);
}

/** The server's words begin with its severity; whatever follows may be its message. */
function kindByWords(text: string) {
    const own = text.split(/\b(?:ERROR|FATAL|PANIC): (?!Exception (?:Details|Primary (?:Class|Reason|Source):))/)[0]!;
    return liquibaseCauses.find(({ pattern }) => pattern.test(own))?.Kind;
}

/** Up to the end of the server's message, which Liquibase lets the whole statement follow. */
function withoutSql(cause: string, serverError: ServerError | undefined): string {
    const start = serverError === undefined ? -1 : cause.indexOf(serverError.message);
    return start < 0 ? cause : cause.slice(0, start + serverError!.message.length);
}

function causeOf(messages: string[]): string {
    const text = messages.join("\n");
    const [, reported] =
        /Unexpected error running Liquibase: ([\s\S]*?)(?:\n\s*\n|\nFor more information|$)/.exec(text) ?? [];
    return (reported ?? messages.filter((line) => !noise.test(line)).join("\n"))
        .replaceAll(/liquibase\.exception\.\w+: /g, "")
        .trim();
}

/** Why a changeset has no rollback, in a sentence without Liquibase's noise. */
export function rollbackReason(messages: string[]): string {
    const text = messages.join(" ");
    return /does not support automatic rollback|No inverse to/.test(text)
        ? "it has no rollback, and Liquibase cannot generate one"
        : causeOf(messages).replaceAll(/\s+/g, " ");
}

const noise = /^(WARNING|Starting Liquibase|Liquibase Version|Running Changeset|Rolling Back Changeset)/;
