import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Where the resources are; part of every ARN. */
export interface Location {
    partition: string;
    region: string;
    account: string;
}

const known = new WeakMap<pulumi.Resource, pulumi.Output<Location>>();

/** Partition, region and account that a component's provider works in; asked once for each component. */
export function locationOf(parent: pulumi.Resource): pulumi.Output<Location> {
    const location = known.get(parent) ?? askedOf(parent);
    known.set(parent, location);
    return location;
}

function askedOf(parent: pulumi.Resource): pulumi.Output<Location> {
    return pulumi
        .all([
            aws.getPartitionOutput({}, { parent }),
            aws.getRegionOutput({}, { parent }),
            aws.getCallerIdentityOutput({}, { parent }),
        ])
        .apply(([{ partition }, { region }, { accountId }]) => ({ partition, region, account: accountId }));
}
