import type { Config } from "./configKeys";
import { dev } from "./dev";
import { prod } from "./prod";
import type { Profile } from "./profile";

/** The environments, by name. */
export const profiles = { dev, prod };
export type EnvironmentName = keyof typeof profiles;

/** Values for every environment unless config sets them. */
export const defaults = {
    sourceProvider: "GitHub",
    sourceKey: "source.zip",
    engine: "aurora-postgresql",
    tool: "Liquibase",
    instanceClass: "db.serverless",
} as const satisfies Config;

/** All settings of an environment: its profile, overridden by config. */
export type Settings = Profile &
    Config &
    Required<Pick<Config, keyof typeof defaults>> & { environment: EnvironmentName };
