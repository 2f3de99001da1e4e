/** A resource that the program registered: its inputs as the provider would have seen them, and its outputs. */
export interface RecordedResource {
    type: string;
    name: string;
    id: string;
    custom: boolean;
    inputs: Record<string, unknown>;
    outputs: Record<string, unknown>;
}

/** What only the place of evaluation knows. */
export interface Surroundings {
    /** Address of the database that stands in for the cluster. */
    database?: { host: string; port: number };
    /** Keeps generated values (passwords) from one evaluation to the next; by default they are made anew. */
    remember?: (resource: string, inputs: string, generate: () => string) => string;
}
