import { readFileSync } from "node:fs";
import * as path from "node:path";
import type { Recorded } from "../support/mocks";
import { mappings } from "./calls";
import { dataDirectory } from "./model";

// Where AWS publishes endpoints of its services (botocore's `endpoints.json`). A service that it lists nowhere cannot be
// judged; one that has a single endpoint for the whole partition is in every region of it.

interface Partition {
    partition: string;
    regions: Record<string, unknown>;
    services: Record<string, { endpoints: Record<string, unknown>; isRegionalized?: boolean }>;
}

/** CodeConnections has the endpoints of the name that it had before. */
const formerNames: Record<string, string> = { codeconnections: "codestar-connections", cloudwatch: "monitoring" };

let published: Partition[] | undefined;

export function publishedPartitions(): Partition[] {
    return (published ??= readPartitions());
}

function readPartitions(): Partition[] {
    const file = path.join(dataDirectory(), "endpoints.json");
    return (JSON.parse(readFileSync(file, "utf8")) as { partitions: Partition[] }).partitions;
}

/** Whether AWS publishes an endpoint of the service for the region; undefined where it lists the service nowhere. */
export function isOffered(service: string, region: string): boolean | undefined {
    const all = publishedPartitions();
    const name = formerNames[service] ?? service;
    if (!all.some(({ services }) => name in services)) return undefined;
    const offers = all.find(({ regions }) => region in regions)?.services[name];
    return offers !== undefined && (offers.isRegionalized === false || region in offers.endpoints);
}

/** The resources of services that the region does not have. */
export function missingServices(resources: readonly Recorded[], region: string): string[] {
    const services = resources.flatMap(({ type }) => (mappings[type]?.calls ?? []).map(({ service }) => service));
    return [...new Set(services)].filter((service) => isOffered(service, region) === false).sort();
}
