import type { RecordedResource } from "../recorded";
import { programErrors } from "../errors";

/** Secrets Manager with the values that the program stored. */
export class SecretStore {
    private constructor(private readonly secrets: Map<string, string>) {}

    static of(resources: readonly RecordedResource[]): SecretStore {
        const secrets = new Map<string, string>();
        for (const { type, inputs } of resources) {
            if (type !== "aws:secretsmanager/secretVersion:SecretVersion") continue;
            secrets.set(inputs["secretId"] as string, inputs["secretString"] as string);
        }
        return new SecretStore(secrets);
    }

    /** The whole text of a secret; undefined if there is none. */
    get(id: string): string | undefined {
        return this.secrets.get(id);
    }

    /**
     * The value behind a CodeBuild reference `secret-id:json-key:version-stage:version-id`, where the ID is an ARN
     * (which contains six colons itself) and everything after it may be empty.
     */
    resolve(reference: string): string {
        const { id, key, stage, version } = parseReference(reference);
        if (version || (stage && stage !== "AWSCURRENT")) {
            throw new programErrors.SecretVersioned({ reference });
        }
        const text = this.secrets.get(id);
        if (text === undefined) {
            throw new programErrors.SecretMissing({
                secret: id,
                stored: [...this.secrets.keys()].join(", ") || "none",
            });
        }
        if (!key) return text;
        const value = valueOf(text, key);
        if (value === undefined) throw new programErrors.SecretKeyMissing({ secret: id, key });
        return value;
    }
}

function parseReference(reference: string) {
    const parts = reference.split(":");
    const length = reference.startsWith("arn:") ? 7 : 1;
    const [key = "", stage = "", version = ""] = parts.slice(length);
    return { id: parts.slice(0, length).join(":"), key, stage, version };
}

function valueOf(text: string, key: string): string | undefined {
    try {
        const value = (JSON.parse(text) as Record<string, unknown>)[key];
        return value === undefined ? undefined : typeof value === "string" ? value : JSON.stringify(value);
    } catch {
        // The message of a parse error quotes the text, which is secret.
        return undefined;
    }
}
