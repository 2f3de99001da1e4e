import { EnvironmentVariables } from "../../../components/contract";
import type { Project } from "../codeBuild/project";
import type { Server } from "../database/server";
import type { Definition } from "../definition";
import { AccessKeys } from "./accessKeys";
import { serveCodePipeline } from "./codepipeline/api";
import { ActionExecutions } from "./codepipeline/executions";
import { localAccountId } from "./identity";
import { Permissions } from "./permissions";
import { serveRds } from "./rds/api";
import { Authentication } from "./rds/authentication";
import { Clusters } from "./rds/clusters";
import { serveS3 } from "./s3/api";
import { serveSecretsManager } from "./secretsManager/api";

/** The part of AWS that builds call, on this machine and for one run. */
export interface Cloud {
    /** Variables that point the AWS SDK here. */
    environment: Record<string, string>;
    /** The keys that roles sign their calls with. */
    keys: AccessKeys;
    /** What CodePipeline reports about the actions of this run. */
    executions: ActionExecutions;
    /**
     * The projects with their builds' view of the network: if no security group admits them to the database, they see a
     * closed port.
     */
    projects: ReadonlyMap<string, Project>;
    close(): Promise<void>;
}

export interface CloudOptions {
    definition: Pick<Definition, "resources" | "region" | "secrets" | "pipeline" | "projects">;
    /** The server in place of the cluster. */
    server: Server & { home: string };
    /** Directory for the servers of clones. */
    servers: string;
    /** Directory for the objects that builds put into buckets. */
    buckets: string;
    /** The port of the cluster's endpoint, if it differs from the server's own. */
    port?: number;
}

export async function openCloud({ definition, server, servers, buckets, port }: CloudOptions): Promise<Cloud> {
    const { resources, region, secrets, pipeline, projects } = definition;
    const location = { region, accountId: localAccountId };
    const keys = new AccessKeys();
    const permissions = Permissions.of(resources);
    const authentication = new Authentication(region, keys, permissions);
    const clusters = await Clusters.open(resources, { server, servers, authentication, port });
    const rds = await serveRds(clusters, keys, (role) => {
        const project = [...projects.values()].find((candidate) => candidate.role === role);
        return { role, securityGroups: project?.securityGroups ?? [], permissions, location };
    });
    const secretsManager = await serveSecretsManager(secrets, keys, permissions);
    const s3 = await serveS3(resources, buckets, keys, permissions);
    const executions = new ActionExecutions(location);
    const codePipeline = await serveCodePipeline({ ...pipeline, executions }, keys, permissions);
    return {
        environment: {
            AWS_ENDPOINT_URL_RDS: rds.url,
            AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
            AWS_ENDPOINT_URL_S3: s3.url,
            AWS_ENDPOINT_URL_CODEPIPELINE: codePipeline.url,
        },
        keys,
        executions,
        projects: new Map([...projects].map(([name, project]) => [name, asSeenBy(project, clusters)])),
        close: async () => {
            await Promise.all([rds, secretsManager, s3, codePipeline].map((service) => service.close()));
            await clusters.close();
        },
    };
}

function asSeenBy(project: Project, clusters: Clusters): Project {
    const port = String(clusters.portFor(project.securityGroups, clusters.original));
    const variables = project.variables.map((variable) =>
        variable.name === EnvironmentVariables.databasePort ? { ...variable, value: port } : variable,
    );
    return { ...project, variables };
}
