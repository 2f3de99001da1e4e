import { Signer } from "@aws-sdk/rds-signer";
import type { Client } from "pg";
import { AccessKeys } from "../../scripts/local/cloud/accessKeys";
import { rdsRoles } from "../../scripts/local/database/access";
import { verifyToken } from "../../scripts/local/database/iam/token";
import { IamAuthenticator } from "../../scripts/local/database/iamAuthenticator";
import type { Server } from "../../scripts/local/database/server";
import { region } from "./mocks";

/** What stands in front of a server for users of IAM: any build of the test may ask for a token of any of them. */
export class IamLogins {
    private readonly key: { id: string; secret: string };

    private constructor(
        private readonly authenticator: IamAuthenticator,
        keys: AccessKeys,
    ) {
        this.key = keys.of("build");
    }

    /** Makes the roles of RDS; its master user may grant `rds_iam`. */
    static async start(server: Server, administrator: Client, master: string): Promise<IamLogins> {
        const { superuser, iam } = rdsRoles;
        await administrator.query(
            `CREATE ROLE ${superuser}; CREATE ROLE ${iam}; GRANT ${iam} TO ${superuser} WITH ADMIN OPTION; GRANT ${superuser} TO ${master}`,
        );
        const keys = new AccessKeys();
        const authenticator = await IamAuthenticator.start(server, ({ token, ...login }) => {
            verifyToken(token, { ...login, region }, keys);
        });
        return new IamLogins(authenticator, keys);
    }

    get port(): number {
        return this.authenticator.port;
    }

    get environment(): Record<string, string> {
        const { id, secret } = this.key;
        return { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_REGION: region };
    }

    /** What a user logs in with. */
    token(username: string): Promise<string> {
        const { id, secret } = this.key;
        return new Signer({
            hostname: this.authenticator.host,
            port: this.port,
            username,
            region,
            credentials: { accessKeyId: id, secretAccessKey: secret },
        }).getAuthToken();
    }

    close(): Promise<void> {
        return this.authenticator.close();
    }
}
