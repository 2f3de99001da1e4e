import type { Mapping } from "./call";
import { databaseCalls } from "./calls/database";
import { deliveryCalls } from "./calls/delivery";
import { networkCalls } from "./calls/network";
import { operationsCalls } from "./calls/operations";
import { storageCalls } from "./calls/storage";

/**
 * The API calls that create each type of resource, as the provider makes them. File names in the mappings are those of
 * hashicorp/terraform-provider-aws, which the Pulumi provider is made from.
 */
export const mappings: Record<string, Mapping> = {
    ...networkCalls,
    ...databaseCalls,
    ...deliveryCalls,
    ...operationsCalls,
    ...storageCalls,
};
