import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Where the resources live; every ARN is made of it. */
export interface Location {
    partition: string;
    region: string;
    account: string;
}

/** Partition, region and account that a component's provider works in. */
export function locationOf(parent: pulumi.Resource): pulumi.Output<Location> {
    return pulumi
        .all([
            aws.getPartitionOutput({}, { parent }),
            aws.getRegionOutput({}, { parent }),
            aws.getCallerIdentityOutput({}, { parent }),
        ])
        .apply(([{ partition }, { region }, { accountId }]) => ({ partition, region, account: accountId }));
}
