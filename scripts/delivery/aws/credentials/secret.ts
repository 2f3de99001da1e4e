import { messageOf } from "../../errors";
import { aws } from "../calls";
import type * as secrets from "../secrets";
import type { Credential, Hide } from "../../credential";

/**
 * Secret versions that may hold the current password: rotation sets it in the database a moment before it promotes the
 * pending version to current.
 */
const stages = ["AWSCURRENT", "AWSPENDING"];

export type ReadPassword = typeof secrets.readSecretPassword;

/**
 * A password from Secrets Manager. It was read when the build began and may have been rotated since, so the secret is
 * read again when the server refuses it.
 */
export class SecretCredential implements Credential {
    private readonly refused = new Set<string>();
    private problem: string | undefined;

    constructor(
        private current: string,
        /** The secret's ARN; without one, a refusal is final. */
        private readonly secret: string | undefined,
        private readonly hide: Hide,
        private readonly read: ReadPassword = (...version) => aws.secrets().readSecretPassword(...version),
    ) {
        hide(current);
    }

    password(): Promise<string> {
        return Promise.resolve(this.current);
    }

    async another(refused: string): Promise<string | undefined> {
        this.refused.add(refused);
        // Another connection of this build was just refused and has already read the new password.
        return this.refused.has(this.current) ? this.renewed() : this.current;
    }

    advice(): string {
        const refusal = "The user or the password in the secret does not match the database's.";
        const correct =
            "Set the secret's value to the user and password of the database, then start the pipeline again.";
        if (this.secret === undefined) {
            return `${refusal} Was it rotated? ${correct}`;
        }
        return this.problem === undefined
            ? `${refusal} The secret ${this.secret} was read again, and its current value is rejected too. ${correct} For users that the pipeline created, its action Bootstrap resets the password.`
            : `${refusal} The secret ${this.secret} could not be read again: ${this.problem}. Was it rotated? The build's role needs secretsmanager:GetSecretValue on it.`;
    }

    private async renewed(): Promise<string | undefined> {
        if (this.secret === undefined) {
            return undefined;
        }
        try {
            for (const stage of stages) {
                const password = await this.read(this.secret, stage);
                // If all are refused, the advice refers to the secret's current version.
                this.current = stage === "AWSCURRENT" && password !== undefined ? password : this.current;
                if (password !== undefined && !this.refused.has(password)) {
                    this.hide(password);
                    this.current = password;
                    return password;
                }
            }
            this.problem = undefined;
        } catch (error) {
            this.problem = messageOf(error);
        }
        return undefined;
    }
}
