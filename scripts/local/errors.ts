/** An error that the user can do something about: its message is shown, its stack is not. */
export class UserError extends Error {
    override readonly name = "UserError";
}

/** The recorded pipeline asks for something that the local run cannot do; it says what, and runs nothing. */
export class UnsupportedError extends UserError {
    constructor(readonly features: readonly string[]) {
        super(
            "The local run does not support what this program's pipeline uses, and skips nothing silently:\n" +
                features.map((feature) => `  - ${feature}`).join("\n"),
        );
    }
}

export function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}
