import * as pulumi from "@pulumi/pulumi";
import { AuroraCluster, DbPipeline, DbSecret, MigrationBuild, type NetworkRef } from "aurora-pipeline";

const config = new pulumi.Config();

// A component takes the ids that it needs: those of a Network, or of a VPC that is there already.
const network: NetworkRef = {
    vpcId: config.require("vpcId"),
    privateSubnetIds: config.requireObject<string[]>("privateSubnetIds"),
    isolatedSubnetIds: config.requireObject<string[]>("isolatedSubnetIds"),
};

const cluster = new AuroraCluster("orders", {
    network,
    databaseName: "orders",
    instances: 2,
    maxCapacity: 4,
    deletionProtection: true,
});

const credential = new DbSecret("orders", {
    database: cluster,
    username: cluster.masterUsername,
    password: cluster.masterPassword,
});

const build = (action: "Plan" | "Deploy" | "Rollback") =>
    new MigrationBuild(`orders-${action.toLowerCase()}`, {
        action,
        network,
        database: cluster,
        credential,
        environmentName: pulumi.getStack(),
    });

const pipeline = new DbPipeline("orders", {
    source: { provider: "GitHub", repository: config.require("repository") },
    builds: { plan: build("Plan"), deploy: build("Deploy"), rollback: build("Rollback") },
    approval: {},
});

export const endpoint = cluster.endpoint;
export const pipelineConsole = pipeline.consoleUrl;
