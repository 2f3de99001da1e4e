import { awsErrors, messageOf } from "../../errors";
import { aws } from "../calls";
import type * as secrets from "../secrets";
import type { Address, Credential, Hide } from "../../credential";

export type MintToken = typeof secrets.mintToken;

/** IAM authentication: a new token for each connection, since tokens are checked at login and expire. */
export class IamCredential implements Credential {
    constructor(
        private readonly username: string,
        private readonly hide: Hide,
        private readonly mint: MintToken = (...request) => aws.secrets().mintToken(...request),
    ) {}

    advice(tokenUser: string): string {
        return `IAM authentication as ${this.username} failed: the build's role needs rds-db:connect for that user of the cluster, IAM authentication must be enabled for the cluster, and the user needs ${tokenUser}.`;
    }

    async password(address: Address): Promise<string> {
        let token: string;
        try {
            token = await this.mint(address, this.username);
        } catch (error) {
            throw new awsErrors.TokenNotMade({ user: this.username, reason: messageOf(error) });
        }
        this.hide(token);
        return token;
    }

    /** The refused token was already new. */
    another(): Promise<undefined> {
        return Promise.resolve(undefined);
    }
}
