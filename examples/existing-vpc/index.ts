import * as pulumi from "@pulumi/pulumi";
import {
    AuroraCluster,
    DbPipeline,
    DbSecret,
    MigrationBuild,
    type MigrationBuildArgs,
    type NetworkRef,
} from "aurora-pipeline";

const config = new pulumi.Config();

// A component takes the ids that it needs: those of a Network, or of an existing VPC.
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

const administrator = new DbSecret("orders", {
    database: cluster,
    username: cluster.masterUsername,
    password: cluster.masterPassword,
});

// The builds' database users. The pipeline's first stage creates them; only that stage logs in as the administrator.
const user = (purpose: "migrator" | "planner") => {
    const username = `orders_${purpose}`;
    return { username, credential: new DbSecret(`orders-${purpose}`, { database: cluster, username }) };
};
const users = { migrator: user("migrator"), planner: user("planner") };

const build = (
    action: "Bootstrap" | "Plan" | "Deploy" | "Rollback",
    login: Pick<MigrationBuildArgs, "credential" | "bootstrap">,
    name = action.toLowerCase(),
) =>
    new MigrationBuild(`orders-${name}`, {
        action,
        network,
        database: cluster,
        ...login,
        environmentName: pulumi.getStack(),
    });

const pipeline = new DbPipeline("orders", {
    source: { provider: "GitHub", repository: config.require("repository") },
    builds: {
        bootstrap: build("Bootstrap", { credential: administrator, bootstrap: users }),
        // Each plan has a build of its own, whose role can write only that plan.
        plan: build("Plan", { credential: users.planner.credential }),
        rollbackPlan: build("Plan", { credential: users.planner.credential }, "rollback-plan"),
        deployPlan: build("Plan", { credential: users.planner.credential }, "deploy-plan"),
        deploy: build("Deploy", { credential: users.migrator.credential }),
        rollback: build("Rollback", { credential: users.migrator.credential }),
    },
    approval: {},
});

export const endpoint = cluster.endpoint;
export const pipelineConsole = pipeline.consoleUrl;
