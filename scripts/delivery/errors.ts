/** Exit codes of the delivery program; `run` turns every error into one of them. */
export const ExitCodes = {
    succeeded: 0,
    /** A migration, verification or rollback failed: the database may have changed, `deployment.json` says how. */
    failed: 1,
    /** Bad input: refused before anything in the database was changed. */
    refused: 2,
    /** Stopped by SIGINT or SIGTERM: 128 and the number of the signal, as shells have it. */
    interrupted: 130,
    terminated: 143,
} as const;

/** Something to put right before a build can do anything; nothing in the database was changed. */
export class InputError extends Error {
    readonly exitCode: number = ExitCodes.refused;
}

/** What was begun failed. */
export class DeliveryError extends Error {
    readonly exitCode: number = ExitCodes.failed;
}

/** An error's message, or what was thrown instead of one. */
export function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}
