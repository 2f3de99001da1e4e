/** A resource that the program registered: its inputs as its provider would receive them, and its outputs. */
export interface RecordedResource {
    type: string;
    name: string;
    id: string;
    custom: boolean;
    inputs: Record<string, unknown>;
    outputs: Record<string, unknown>;
}

/** What depends on where the program is evaluated. */
export interface Surroundings {
    /** Address of the database in place of the cluster. */
    database?: { host: string; port: number };
    /** Keeps generated values (passwords) between evaluations; by default they are generated again. */
    remember?: (resource: string, inputs: string, generate: () => string) => string;
}
