import { type Recorded, reveal } from "../support/mocks";
import type { Inputs } from "./inputs";
import { requestOf, takes } from "./call";
import { mappings } from "./calls";
import { inputOf, model } from "./model";
import { proseRules } from "./prose";
import { inlinePolicyProblems } from "./prose/storage";
import { problemsOf } from "./shapes";

/** The name that Pulumi makes of a logical one: a hyphen and seven hexadecimal digits. */
export function physicalName(name: string): string {
    return `${name}-0a1b2c3`;
}

/** What AWS's models of its API have against a resource; nothing if every call that creates it would be accepted. */
export function modelProblems({ type, name, inputs: given }: Pick<Recorded, "type" | "name" | "inputs">): string[] {
    const mapping = mappings[type];
    if (!mapping) return [`${name}: ${type} has no mapping to API calls: add it to test/awsRules/calls.ts`];
    const inputs = namedInputs({ type, name, inputs: given });
    const calls = mapping.calls.filter(({ when }) => when?.(inputs) ?? true);
    const unknown = Object.keys(inputs).filter(
        (input) => mapping.notSent?.[input] === undefined && !calls.some((call) => takes(call, input)),
    );
    return [
        ...unknown.map((input) => `${name}: ${type} has an input that reaches no API call: ${input}`),
        ...calls.flatMap((call) => {
            const { service, operation } = call;
            const request = requestOf(call, inputs);
            const problems = problemsOf(model(service), inputOf(service, operation), request);
            return problems.map((problem) => `${name}: ${service}:${operation} ${problem}`);
        }),
    ];
}

/** What the rules that only AWS's prose has find wrong with a resource. */
export function proseProblems({ type, name, inputs, deleteBeforeReplace }: Recorded): string[] {
    return proseRules
        .filter(({ types }) => types.includes(type) || types.includes("*"))
        .flatMap(({ id, check }) => {
            const problem = check(namedInputs({ type, name, inputs }), { deleteBeforeReplace });
            return problem === undefined ? [] : [`${name}: ${id}: ${problem}`];
        });
}

/** Everything that AWS's rules find wrong with the resources of a stack. */
export function problemsOfStack(resources: readonly Recorded[]): string[] {
    return [
        ...resources.flatMap((resource) => [...modelProblems(resource), ...proseProblems(resource)]),
        ...inlinePolicyProblems(resources),
    ];
}

/** The inputs, out of their secrets' wrapping, with the name that Pulumi makes where none is given. */
function namedInputs({ type, name, inputs: given }: Pick<Recorded, "type" | "name" | "inputs">): Inputs {
    const inputs: Inputs = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, reveal(value)]));
    const input = mappings[type]?.autoNamed;
    return input === undefined || inputs[input] !== undefined ? inputs : { ...inputs, [input]: physicalName(name) };
}
