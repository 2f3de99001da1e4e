import { engineOptions, localEngineNamed } from "./database/localEngines";
import { checkout } from "./directories";
import { startErrors } from "./errors";
import { readConfig } from "./evaluate";
import { toolNames } from "../delivery/tools/registry";
import type { RunOptions } from "./options";

const key = (name: string) => `aurora-pipeline:${name}`;

type Chosen = Pick<RunOptions, "environment" | "engine" | "tool" | "config">;

export function checkTool({ tool }: Pick<RunOptions, "tool">): void {
    if (tool !== undefined && !toolNames.includes(tool)) {
        throw new startErrors.ToolUnsupported({ tool, allowed: toolNames.join(", ") });
    }
}

export function checkEngine({ engine }: Pick<RunOptions, "engine">): void {
    if (engine !== undefined && !Object.hasOwn(engineOptions, engine)) {
        throw new startErrors.EngineUnsupported({ engine, allowed: Object.keys(engineOptions).join(", ") });
    }
}

/** The engine that a run uses: the option's, else the environment's own. */
export function engineOf(options: Chosen): { engine: string } {
    const { [key("engine")]: engine = "aurora-postgresql" } = { ...own(options), ...configOf(options) };
    return { engine: String(engine) };
}

/**
 * The configuration that a run overrides. Where the option chooses another engine than the environment's, its sample takes
 * the place of the environment's migrations.
 */
export function configOf(options: Chosen): Record<string, unknown> {
    const { engine, tool } = options;
    const config = { ...options.config, ...(tool !== undefined && { [key("tool")]: tool }) };
    const wanted = engine === undefined ? undefined : engineOptions[engine];
    const { [key("engine")]: present = "aurora-postgresql" } = { ...own(options), ...config };
    if (wanted === undefined || wanted === present) return config;
    const { sample } = localEngineNamed(wanted);
    return { ...(sample && { [key("migrationsDirectory")]: sample }), ...config, [key("engine")]: wanted };
}

function own({ environment }: Chosen): Record<string, string> {
    return readConfig(checkout, environment);
}
