import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "./stacks/config";
import { createEnvironment } from "./stacks/environment";
import { environmentName } from "./stacks/names";
import { ensureToolchain } from "./stacks/toolchain";

const settings = readSettings();
ensureToolchain();

/** What a person needs to know once the stack is up; each is described in stacks/environment.ts. */
export const {
    pipelineName,
    pipelineConsoleUrl,
    connectionArn,
    connectionStatus,
    clusterEndpoint,
    clusterReaderEndpoint,
    secretArn,
    proxyEndpoint,
    proxySecurityGroupId,
    howToRollBack,
    notificationTopicArn,
    dashboardUrl,
} = createEnvironment(environmentName(pulumi.getProject(), pulumi.getStack()), settings);
