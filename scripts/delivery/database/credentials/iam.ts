import { InputError, messageOf } from "../../errors";
import type * as aws from "./aws";
import type { Address, Credential, Hide } from "./credential";
import { load } from "./load";

export type MintToken = typeof aws.mintToken;

/** IAM's word for who the build is: a token for each connection, for it is looked at when one begins, and ages. */
export class IamCredential implements Credential {
    readonly advice: string;

    constructor(
        private readonly username: string,
        private readonly hide: Hide,
        private readonly mint: MintToken = (...request) => load().mintToken(...request),
    ) {
        this.advice = `IAM does not let the build in as ${username}: its role needs rds-db:connect on that user of the cluster, IAM authentication must be switched on for the cluster, and the user must have been granted rds_iam, which the action Bootstrap does.`;
    }

    async password(address: Address): Promise<string> {
        let token: string;
        try {
            token = await this.mint(address, this.username);
        } catch (error) {
            throw new InputError(
                `There is no token to connect as ${this.username} with: ${messageOf(error)}. The build needs a role's credentials and AWS_REGION, both of which CodeBuild gives it.`,
            );
        }
        this.hide(token);
        return token;
    }

    /** The one that was refused was new already. */
    another(): Promise<undefined> {
        return Promise.resolve(undefined);
    }
}
