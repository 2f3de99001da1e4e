import type { Environment } from "../../policy/rule";
import { record, type Recording, type RecordOptions } from "./mocks";
import { configOf, loadAnew } from "./program";

const project = "aurora-pipeline";

export interface StackOptions extends Pick<RecordOptions, "outputs" | "call" | "preview"> {
    environment: Environment;
    /** Config over the sample's, keys without their namespace; "" takes a key out. Default: the sample's as it is. */
    config?: Partial<Record<string, string>>;
    /** Default: the sample's. */
    region?: string;
    /** Name of the stack. Default: the environment's. */
    stack?: string;
}

/** What the program exports, by its name. */
export type Exports = Record<string, unknown>;

/** What was evaluated in this process, by the options. */
const evaluated = new Map<string, Promise<Recording<Exports>>>();

/**
 * The program of a stack with its sample config: evaluated once for options that are data, as it takes a quarter of a
 * second. Many tests read the result, so nobody can change it.
 */
export function evaluateStack(options: StackOptions): Promise<Recording<Exports>> {
    if (Object.values(options).some((value) => typeof value === "function")) return evaluate(options);
    const key = JSON.stringify(options);
    const recording = evaluated.get(key) ?? evaluate(options).then(frozen);
    evaluated.set(key, recording);
    return recording;
}

function frozen(recording: Recording<Exports>): Recording<Exports> {
    freeze(recording.resources);
    return recording;
}

/** Data, as deep as it goes: not the objects of classes, such as assets. */
function freeze(value: unknown): void {
    if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
    if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return;
    Object.freeze(value);
    Object.values(value).forEach(freeze);
}

function evaluate({
    environment,
    config = {},
    region,
    stack = environment,
    call = () => undefined,
    ...options
}: StackOptions): Promise<Recording<Exports>> {
    const added = Object.entries(config).map(([key, value = ""]) => [`${project}:${key}`, value]);
    const all: Record<string, string> = {
        ...configOf(environment),
        ...(Object.fromEntries(added) as Record<string, string>),
        ...(region !== undefined && { "aws:region": region }),
    };
    return record(() => loadAnew<Exports>("index.ts"), {
        ...options,
        project,
        stack,
        config: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== "")),
        call: (token, inputs) => call(token, inputs) ?? prefixList(token),
    });
}

/** Only a stack without a way to the internet asks for one. */
function prefixList(token: string): { id: string } | undefined {
    return token === "aws:ec2/getPrefixList:getPrefixList" ? { id: "pl-0123456789abcdef0" } : undefined;
}
