import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

// A program for the tests of the evaluation: secrets, assets, provider functions, failures.
const config = new pulumi.Config();
const password = new random.RandomPassword("password", { length: 20, overrideSpecial: "-", minNumeric: 2 });
const cluster = new aws.rds.Cluster("cluster", {
    engine: "aurora-postgresql",
    masterUsername: config.require("name"),
    masterPassword: password.result,
    port: 15432,
});
const bucket = new aws.s3.Bucket("bucket");
new aws.s3.BucketObjectv2("object", {
    bucket: bucket.bucket,
    key: "key",
    source: new pulumi.asset.FileAsset(__filename),
});
const secret = new aws.secretsmanager.Secret("secret");
new aws.secretsmanager.SecretVersion("secret", {
    secretId: secret.id,
    secretString: pulumi.jsonStringify({ host: cluster.endpoint, password: cluster.masterPassword }),
});
if (config.getBoolean("fail")) {
    new aws.s3.Bucket("failing", {
        bucket: bucket.arn.apply(() => {
            throw new Error("thrown in apply");
        }),
    });
}
if (config.get("call")) {
    void aws.ec2.getVpc({});
}

export const endpoint = cluster.endpoint;
export const port = cluster.port;
export const region = aws.getRegionOutput().region;
export const list = config.requireObject<number[]>("list");
export const secretPassword = pulumi.secret(password.result);
export const stack = pulumi.getStack();
