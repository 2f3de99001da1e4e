import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DbPipelineArgs } from "./args";
import { usesConnection } from "./source";
import { fixedName } from "../shared/names";

/** The connection to a repository that is hosted outside AWS. */
export interface Connection {
    arn: pulumi.Output<string>;
    /** Known only for a connection that the pipeline created. */
    status?: pulumi.Output<string>;
}

/** The given connection, or a new one; undefined for a source in AWS. */
export function connectionOf(
    name: string,
    { source: { provider, connectionArn }, tags }: Pick<DbPipelineArgs, "source" | "tags">,
    parent: pulumi.Resource,
): Connection | undefined {
    if (!usesConnection(provider)) {
        return undefined;
    }
    if (connectionArn !== undefined) {
        return { arn: pulumi.output(connectionArn) };
    }
    const connectionName = fixedName("connection", name);
    const connection = new aws.codeconnections.Connection(
        `${name}-source`,
        { name: connectionName, providerType: provider, tags },
        // A change of the provider replaces it, and connection names are unique within an account.
        { parent, deleteBeforeReplace: true },
    );
    connection.connectionStatus.apply((status) => {
        if (status === "PENDING") {
            void pulumi.log.warn(
                `The connection to ${provider} waits for its handshake: AWS console, Developer Tools, Settings, ` +
                    `Connections, "${connectionName}", Update pending connection. The pipeline's source fails until then.`,
                parent,
            );
        }
    });
    return { arn: connection.arn, status: connection.connectionStatus };
}
