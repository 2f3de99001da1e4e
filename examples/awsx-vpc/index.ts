import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { AuroraCluster, BuildImage, DbPipeline, DbSecret, MigrationBuild } from "aurora-pipeline";

const config = new pulumi.Config();
const environmentName = pulumi.getStack();

// Builds in the private subnets, which reach AWS by one NAT gateway; the database in the isolated ones.
const vpc = new awsx.ec2.Vpc("orders", {
    numberOfAvailabilityZones: 2,
    natGateways: { strategy: "Single" },
    enableDnsHostnames: true,
    subnetStrategy: "Auto",
    subnetSpecs: [{ type: "Public" }, { type: "Private" }, { type: "Isolated" }],
});
const network = {
    vpcId: vpc.vpcId,
    privateSubnetIds: vpc.privateSubnetIds,
    isolatedSubnetIds: vpc.isolatedSubnetIds,
};

const image = new BuildImage("orders-build", { context: `${__dirname}/image` }).imageUri;

const database = new AuroraCluster("orders", { network, databaseName: "orders" });
const administrator = new DbSecret("orders", {
    database,
    username: database.masterUsername,
    password: database.masterPassword,
});
const user = (purpose: "migrator" | "planner") => {
    const username = `orders_${purpose}`;
    return { username, credential: new DbSecret(`orders-${purpose}`, { database, username }) };
};
const users = { migrator: user("migrator"), planner: user("planner") };

const common = { network, database, environmentName, image };
const planner = { ...common, action: "Plan", credential: users.planner.credential } as const;
const pipeline = new DbPipeline("orders", {
    source: { provider: "GitHub", repository: config.require("repository") },
    builds: {
        bootstrap: new MigrationBuild("orders-bootstrap", {
            ...common,
            action: "Bootstrap",
            credential: administrator,
            bootstrap: users,
        }),
        // Each plan has a build of its own, whose role can write only that plan.
        plan: new MigrationBuild("orders-plan", planner),
        deployPlan: new MigrationBuild("orders-deploy-plan", planner),
        deploy: new MigrationBuild("orders-deploy", {
            ...common,
            action: "Deploy",
            credential: users.migrator.credential,
        }),
    },
    approval: {},
});

export const pipelineConsole = pipeline.consoleUrl;
