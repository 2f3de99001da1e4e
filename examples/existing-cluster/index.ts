import { DatabaseDelivery } from "aurora-pipeline";

const orders = new DatabaseDelivery("orders", {
    clusterIdentifier: "orders",
    network: { vpcId: "vpc-0123456789abcdef0", privateSubnetIds: ["subnet-0123456789abcdef0"] },
    source: { provider: "GitHub", repository: "my-org/my-repository" },
});

export const pipeline = orders.consoleUrl;
