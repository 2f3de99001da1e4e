import * as pulumi from "@pulumi/pulumi";

// What components refer to, by its ids: no other component is needed for it.

export const network = {
    vpcId: "vpc-1",
    privateSubnetIds: ["subnet-1", "subnet-2"],
    isolatedSubnetIds: ["subnet-3", "subnet-4"],
};

export const database = {
    engine: "aurora-postgresql",
    clusterIdentifier: "orders",
    endpoint: pulumi.output("orders.cluster-abc.eu-central-1.rds.amazonaws.com"),
    port: pulumi.output(15432),
    databaseName: "app",
    securityGroupId: "sg-database",
};

export const credential = { secretArn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders-AbCdEf" };
