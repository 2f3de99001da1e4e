import { TokenError, verifyToken } from "../../database/iam/token";
import { type Attempt, IamAuthenticator } from "../../database/iamAuthenticator";
import type { Server } from "../../database/server";
import type { AccessKeys } from "../accessKeys";
import { arn, localAccountId } from "../identity";
import type { Permissions } from "../permissions";

/** The address at which clients reach a cluster. */
export interface Endpoint {
    host: string;
    port: number;
    close(): Promise<void>;
}

/** What a login by IAM depends on. */
export interface Authenticating {
    /** Identifies the cluster in policies. */
    resourceId: string;
    /** Whether IAM authentication is enabled. */
    iam: boolean;
}

/** Opens clusters to their clients, and decides who may log in by IAM. */
export class Authentication {
    constructor(
        private readonly region: string,
        private readonly keys: AccessKeys,
        private readonly permissions: Permissions,
    ) {}

    /** Opens the server itself, or with IAM authentication the authenticator in front of it. */
    async open(server: Server, cluster: Authenticating, port?: number): Promise<Endpoint> {
        return server.authenticator
            ? IamAuthenticator.start(server, (attempt) => this.verify(attempt, cluster), port)
            : { host: server.host, port: server.port, close: () => Promise.resolve() };
    }

    private verify(attempt: Attempt, { resourceId, iam }: Authenticating): void {
        if (!iam) throw new TokenError("IAM authentication is not enabled for the cluster");
        const { role } = verifyToken(attempt.token, { ...attempt, region: this.region }, this.keys);
        const location = { region: this.region, accountId: localAccountId };
        const user = arn(location, "rds-db", `dbuser:${resourceId}/${attempt.user}`);
        if (!this.permissions.allow(role, "rds-db:connect", user)) {
            throw new TokenError(`no policy allows ${role} rds-db:connect on ${user}`);
        }
    }
}
