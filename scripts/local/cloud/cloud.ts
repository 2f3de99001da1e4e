import type { Server } from "../database/server";
import type { Definition } from "../definition";
import { AccessKeys } from "./accessKeys";
import { Permissions } from "./permissions";
import { serveRds } from "./rds/api";
import { Authentication } from "./rds/authentication";
import { Clusters } from "./rds/clusters";
import { serveSecretsManager } from "./secretsManager/api";

/** The part of AWS that builds call, on this machine and for one run. */
export interface Cloud {
    /** Variables that lead the AWS SDK here. */
    environment: Record<string, string>;
    /** What each role signs its calls with. */
    keys: AccessKeys;
    close(): Promise<void>;
}

export interface CloudOptions {
    definition: Pick<Definition, "resources" | "region" | "secrets">;
    /** What stands in for the cluster. */
    server: Server & { home: string };
    /** Directory for the servers of clones. */
    servers: string;
    /** The port of the cluster's endpoint, where that is not the server's own. */
    port?: number;
}

export async function openCloud({ definition, server, servers, port }: CloudOptions): Promise<Cloud> {
    const { resources, region, secrets } = definition;
    const keys = new AccessKeys();
    const permissions = Permissions.of(resources);
    const authentication = new Authentication(region, keys, permissions);
    const clusters = await Clusters.open(resources, { server, servers, authentication, port });
    const rds = await serveRds(clusters, keys);
    const secretsManager = await serveSecretsManager(secrets, keys, permissions);
    return {
        environment: {
            AWS_ENDPOINT_URL_RDS: rds.url,
            AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
        },
        keys,
        close: async () => {
            await Promise.all([rds.close(), secretsManager.close()]);
            await clusters.close();
        },
    };
}
