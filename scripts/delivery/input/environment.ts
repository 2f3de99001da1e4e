/** The environment variables of a build. */
export type Environment = Record<string, string | undefined>;
