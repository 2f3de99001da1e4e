/** Inputs of a resource, or members of an API's structure; what is in them, each mapping and each rule knows itself. */
export type Inputs = Record<string, unknown>;
