import { messageOf } from "../../errors";
import type * as aws from "./aws";
import type { Credential, Hide } from "./credential";
import { load } from "./load";

/**
 * Versions that may hold the database's password: a rotation sets it in the database a moment before it makes the
 * pending version the current one.
 */
const stages = ["AWSCURRENT", "AWSPENDING"];

export type ReadPassword = typeof aws.readSecretPassword;

/**
 * A password from Secrets Manager. It was read when the build began; rotation may have changed it since, so that the
 * secret is read again when the server refuses it.
 */
export class SecretCredential implements Credential {
    private readonly refused = new Set<string>();
    private problem: string | undefined;

    constructor(
        private current: string,
        /** The secret's ARN; without one a refusal is final. */
        private readonly secret: string | undefined,
        private readonly hide: Hide,
        private readonly read: ReadPassword = (...version) => load().readSecretPassword(...version),
    ) {
        hide(current);
    }

    password(): Promise<string> {
        return Promise.resolve(this.current);
    }

    async another(refused: string): Promise<string | undefined> {
        this.refused.add(refused);
        // Another connection of this build was refused just before, and has found it.
        return this.refused.has(this.current) ? this.renewed() : this.current;
    }

    get advice(): string {
        const refusal = "The user or the password in the secret is not the database's.";
        const correct = "Set the secret's value to the database's, then start the pipeline again.";
        if (this.secret === undefined) {
            return `${refusal} Was it rotated? ${correct}`;
        }
        return this.problem === undefined
            ? `${refusal} The secret ${this.secret} was read again, and what it holds now is refused as well. ${correct} Of users that the pipeline makes its action Bootstrap sets the password anew.`
            : `${refusal} The secret ${this.secret} could not be read again: ${this.problem}. Was it rotated? The build's role needs secretsmanager:GetSecretValue on it.`;
    }

    private async renewed(): Promise<string | undefined> {
        if (this.secret === undefined) {
            return undefined;
        }
        try {
            for (const stage of stages) {
                const password = await this.read(this.secret, stage);
                // When all are refused, it is the secret's current one that the database's is to be set to.
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
