import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import type { Recording } from "./mocks";

export const root = path.join(__dirname, "..", "..");

/** Loads a module again, as Pulumi loads a program: once for each evaluation. */
export function loadAnew<T>(file: string): T {
    const resolved = require.resolve(path.join(root, file));
    delete require.cache[resolved];
    return module.require(resolved) as T;
}

/** The sample config of a stack, as text, the way the Pulumi CLI hands it over. */
export function configOf(stack: string): Record<string, string> {
    const file = readFileSync(path.join(root, `Pulumi.${stack}.yaml`), "utf8");
    const { config } = parse(file) as { config: Record<string, unknown> };
    const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
    return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, text(value)]));
}

/** Names of the stages of the only pipeline, in order. */
/** The pipeline's actions, each with its stage. */
export function actionsOf(recording: Recording<unknown>): string[] {
    const stages = recording.one("aws:codepipeline/pipeline:Pipeline").inputs.stages as {
        name: string;
        actions: { name: string }[];
    }[];
    return stages.flatMap((stage) => stage.actions.map(({ name }) => `${stage.name}/${name}`));
}

export function stagesOf(recording: Recording<unknown>): string[] {
    const stages = recording.one("aws:codepipeline/pipeline:Pipeline").inputs.stages as { name: string }[];
    return stages.map(({ name }) => name);
}
