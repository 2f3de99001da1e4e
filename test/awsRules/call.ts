import type { Inputs } from "./inputs";
import { inputOf, model, type Model, type Shape } from "./model";

// How a resource's inputs become the API calls that create it. What is not written down is found by its name: Pulumi's
// `engineVersion` is RDS's `EngineVersion`.

/** Where an input goes: the member of the call's input, or the members that are made of it. */
export type Destination = string | ((value: unknown, inputs: Inputs) => Inputs);

/** One API call of a resource. */
export interface Call {
    /** botocore's name of the service. */
    service: string;
    operation: string;
    /** Inputs that have another name in the API, or another form. */
    members?: Record<string, Destination>;
    /** What the provider adds from other inputs, or AWS requires and only the provider knows. */
    added?: (inputs: Inputs) => Inputs;
    /** Whether the provider makes this call for such inputs. Default: always. */
    when?: (inputs: Inputs) => boolean;
}

/** Everything that a resource's inputs become. */
export interface Mapping {
    calls: Call[];
    /** Inputs that reach no API, or one that takes any value, with the reason. */
    notSent?: Record<string, string>;
    /** The input that names the resource, which Pulumi makes of the logical name where none is given. */
    autoNamed?: string;
}

/** The input of a call, as AWS gets it. */
export function requestOf(call: Call, inputs: Inputs): Inputs {
    const api = model(call.service);
    const shape = api.shapes[inputOf(call.service, call.operation)]!;
    const request: Inputs = { ...call.added?.(inputs) };
    for (const [input, value] of Object.entries(inputs)) {
        const destination = call.members?.[input] ?? memberFor(shape, input);
        if (destination === undefined || value === undefined || value === null) continue;
        Object.assign(
            request,
            typeof destination === "function" ? destination(value, inputs) : { [destination]: value },
        );
    }
    return converted(api, shape, request) as Inputs;
}

/** Whether an input is part of the call. */
export function takes(call: Call, input: string): boolean {
    const shape = model(call.service).shapes[inputOf(call.service, call.operation)]!;
    return call.members?.[input] !== undefined || memberFor(shape, input) !== undefined;
}

/** The value with the API's names for the members of structures; what the API does not know keeps its own. */
function converted(api: Model, shape: Shape, value: unknown): unknown {
    if (shape.type === "list" && shape.member) {
        const member = api.shapes[shape.member.shape]!;
        if (isTags(member) && isPlain(value)) {
            const [key, text] = Object.keys(member.members!) as [string, string];
            return Object.entries(value).map(([name, content]) => ({ [key]: name, [text]: content }));
        }
        return Array.isArray(value) ? value.map((item) => converted(api, member, item)) : value;
    }
    if (shape.type === "structure" && isPlain(value)) {
        return Object.fromEntries(
            Object.entries(value).map(([name, content]) => {
                const member = memberFor(shape, name);
                const inner = member && api.shapes[shape.members![member]!.shape];
                return [member ?? name, inner ? converted(api, inner, content) : content];
            }),
        );
    }
    return value;
}

/** `dbSubnetGroupName` is `DBSubnetGroupName`. */
function memberFor(shape: Shape, name: string): string | undefined {
    return Object.keys(shape.members ?? {}).find((member) => member.toLowerCase() === name.toLowerCase());
}

function isTags({ type, members }: Shape): boolean {
    return (
        type === "structure" &&
        Object.keys(members ?? {})
            .join()
            .toLowerCase() === "key,value"
    );
}

function isPlain(value: unknown): value is Inputs {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
