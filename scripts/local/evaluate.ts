import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { callOutputs } from "./cloud/calls";
import { type Location, localAccountId } from "./cloud/identity";
import { type Outputs, resourceOutputs } from "./cloud/outputs";
import { checkout } from "./directories";
import { startErrors } from "./errors";
import type { RecordedResource, Surroundings } from "./recorded";
import { withCheapStackTraces } from "./stackTraces";

export interface Evaluation {
    environment: string;
    region: string;
    resources: RecordedResource[];
    /** What the program exports. */
    outputs: Record<string, unknown>;
}

export interface EvaluateOptions extends Surroundings {
    /** Configuration that overrides `Pulumi.<environment>.yaml`; keys include their namespace. */
    config?: Record<string, unknown>;
    /** Directory of `Pulumi.yaml` and `index.ts`. */
    program?: string;
}

/**
 * Evaluates the Pulumi program for an environment with Pulumi's mock runtime: no cloud, no Pulumi engine. Pulumi's
 * runtime is global to a process, so evaluations must run one after the other.
 */
export async function evaluate(environment: string, options: EvaluateOptions = {}): Promise<Evaluation> {
    const program = options.program ?? checkout;
    const config = { ...readConfig(program, environment), ...flatten(options.config ?? {}) };
    const location: Location = { region: config["aws:region"] ?? "us-east-1", accountId: localAccountId };
    const resources: RecordedResource[] = [];
    const failures: unknown[] = [];
    // Pulumi replaces an error from a mock by one without its message.
    const noting = <T>(work: () => T): T => {
        try {
            return work();
        } catch (error) {
            failures.push(error);
            throw error;
        }
    };

    await pulumi.runtime.setMocks(
        {
            newResource: (args) =>
                noting(() => {
                    const inputs = reveal(args.inputs) as Record<string, unknown>;
                    const resource = { type: args.type, name: args.name, custom: args.custom ?? false, inputs };
                    const { id, ...outputs } = resourceOutputs(resource, location, options);
                    resources.push({ ...resource, id, outputs });
                    return { id, state: outputs };
                }),
            call: (args) => noting(() => callOutputs(args.token, args.inputs as Outputs, location)),
        },
        readProjectName(program),
        environment,
        false,
    );
    pulumi.runtime.setAllConfig(config);
    const outputs = await withCheapStackTraces(() => runProgram(program, failures));
    return { environment, region: location.region, resources, outputs };
}

/** Runs `index.ts` from scratch and waits until it has registered everything. */
async function runProgram(program: string, failures: unknown[]): Promise<Record<string, unknown>> {
    for (const path of Object.keys(require.cache)) {
        if (path.startsWith(join(program, "stacks") + sep) || path === join(program, "index.ts")) {
            delete require.cache[path];
        }
    }
    // A failed registration rejects an internal promise of Pulumi that nothing awaits.
    const collect = (reason: unknown) => void failures.push(reason);
    process.on("unhandledRejection", collect);
    try {
        // eslint-disable-next-line @typescript-eslint/no-require-imports -- the program's path is known at run time only
        const exported: unknown = require(join(program, "index.ts"));
        const outputs = await (typeof exported === "function" ? (exported as () => unknown)() : exported);
        await pulumi.runtime.disconnect(false);
        // Rejections are reported after the turn of the event loop in which they occur.
        await new Promise((resolve) => setImmediate(resolve));
        if (failures.length > 0) throw failures[0];
        return await valuesOf(outputs as Record<string, unknown>);
    } finally {
        process.off("unhandledRejection", collect);
    }
}

function valuesOf(outputs: Record<string, unknown>): Promise<Record<string, unknown>> {
    return new Promise((resolve) => {
        pulumi.output(outputs).apply((values: unknown) => resolve(reveal(values) as Record<string, unknown>));
    });
}

/** Unwraps secrets, as a provider receives them. */
function reveal(value: unknown): unknown {
    const plain: unknown = pulumi.runtime.unwrapRpcSecret(value);
    if (Array.isArray(plain)) return plain.map(reveal);
    if (plain === null || typeof plain !== "object" || Object.getPrototypeOf(plain) !== Object.prototype) return plain;
    return Object.fromEntries(Object.entries(plain).map(([key, inner]) => [key, reveal(inner)]));
}

export function readProjectName(program = checkout): string {
    return (parse(readFileSync(join(program, "Pulumi.yaml"), "utf8")) as { name: string }).name;
}

export function readConfig(program: string, environment: string): Record<string, string> {
    const file = `Pulumi.${environment}.yaml`;
    let text: string;
    try {
        text = readFileSync(join(program, file), "utf8");
    } catch {
        throw new startErrors.EnvironmentUnknown({ file, environment, allowed: environmentsIn(program).join(", ") });
    }
    const { config = {} } = (parse(text) ?? {}) as { config?: Record<string, unknown> };
    const encrypted = Object.keys(config).filter((key) => isEncrypted(config[key]));
    if (encrypted.length > 0) {
        throw new startErrors.ConfigEncrypted({ file, keys: encrypted.join(", ") });
    }
    return flatten(config);
}

/** The environments that a program has configuration for. */
function environmentsIn(program: string): string[] {
    return readdirSync(program)
        .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
        .sort();
}

function isEncrypted(value: unknown): boolean {
    return typeof value === "object" && value !== null && "secure" in value;
}

/** Pulumi passes structured configuration to the program as JSON. */
function flatten(config: Record<string, unknown>): Record<string, string> {
    return Object.fromEntries(
        Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    );
}
