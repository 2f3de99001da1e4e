import { randomBytes } from "node:crypto";

/** An IAM access key that this run issued to a role. */
export interface AccessKey {
    id: string;
    secret: string;
    /** ARN of the role. */
    role: string;
}

/**
 * The access keys of one run, one per role: a call signed with a key is made as its role, for as long as the run lasts.
 */
export class AccessKeys {
    private readonly keys = new Map<string, AccessKey>();

    of(role: string): AccessKey {
        const known = this.keys.get(role);
        if (known) return known;
        const id = `LOCAL${randomBytes(8).toString("hex").toUpperCase()}`;
        const key = { id, secret: randomBytes(30).toString("base64url"), role };
        this.keys.set(role, key);
        return key;
    }

    /** The key with this ID; undefined if this run did not issue it. */
    find(id: string): AccessKey | undefined {
        return [...this.keys.values()].find((key) => key.id === id);
    }

    /** Variables that make the AWS SDK sign as a role. */
    environment(role: string): Record<string, string> {
        const { id, secret } = this.of(role);
        return { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret };
    }
}
