import { isDeepStrictEqual } from "node:util";
import { type Recorded, reveal } from "../../test/support/mocks";
import { innerVpc } from "./awsxVpc";
import { isReplaced } from "./replacement";

/** What `pulumi up` would do with a stack whose program registers other resources or inputs than before. */
export interface Changes {
    added: Recorded[];
    removed: Recorded[];
    /** In place. */
    updated: Change[];
    replaced: Change[];
    /** Removed or replaced, but protected in the state: `pulumi up` refuses, and does nothing at all. */
    refused: Recorded[];
}

export interface Change {
    resource: Recorded;
    /** Inputs that differ, or that come from a resource that is replaced. */
    inputs: string[];
    replaces: boolean;
}

export function compare(before: Recorded[], after: Recorded[]): Changes {
    const [old, now] = [byUrn(before), byUrn(after)];
    const kept = [...now.values()].filter(({ urn }) => old.has(urn));
    const changes = spread(kept.map((resource) => ownChange(old.get(resource.urn) as Recorded, resource)));
    const removed = [...old.values()].filter(({ urn }) => !now.has(urn));
    const replaced = changes.filter(({ replaces }) => replaces);
    return {
        added: [...now.values()].filter(({ urn }) => !old.has(urn)),
        removed,
        updated: changes.filter(({ replaces }) => !replaces),
        replaced,
        refused: [...removed, ...replaced.map(({ resource }) => resource)].filter(({ urn }) => old.get(urn)?.protect),
    };
}

/** Whether `pulumi up` would find nothing to do. */
export function isNothing({ added, removed, updated, replaced }: Changes): boolean {
    return [added, removed, updated, replaced].every((list) => list.length === 0);
}

/** What can change: components have no inputs of their own, and awsx's Vpc stands for what is inside. */
function byUrn(resources: Recorded[]): Map<string, Recorded> {
    const own = resources.flatMap((resource) => (resource.type === "awsx:ec2:Vpc" ? innerVpc(resource) : [resource]));
    return new Map(own.filter(({ custom }) => custom).map((resource) => [resource.urn, resource]));
}

/** Stands for the option among the inputs. */
const replacementTrigger = "(replacementTrigger)";

function ownChange(before: Recorded, after: Recorded): Change {
    const keys = [...new Set([...Object.keys(before.inputs), ...Object.keys(after.inputs)])];
    const inputs = keys
        .filter((key) => !after.ignoreChanges.includes(key))
        .filter((key) => !isDeepStrictEqual(reveal(before.inputs[key]), reveal(after.inputs[key])));
    const switched = (key: string) => key in before.inputs !== key in after.inputs;
    const triggered = !isDeepStrictEqual(before.replacementTrigger, after.replacementTrigger);
    return {
        resource: after,
        inputs: triggered ? [...inputs, replacementTrigger] : inputs,
        replaces: triggered || inputs.some((key) => isReplaced(after.type, key, switched(key))),
    };
}

/** What a replaced resource gives to others is not known in advance: their inputs change too, as in a preview. */
function spread(changes: Change[]): Change[] {
    const replaced = new Set(changes.filter(({ replaces }) => replaces).map(({ resource }) => resource.urn));
    const touched = changes.map((change) => touch(change, replaced));
    return touched.filter(({ replaces }) => replaces).length > replaced.size
        ? spread(touched)
        : touched.filter(({ inputs }) => inputs.length > 0);
}

function touch({ resource, inputs, replaces }: Change, replaced: ReadonlySet<string>): Change {
    const touchedInputs = Object.keys(resource.inputs)
        .filter((input) => !resource.ignoreChanges.includes(input))
        .filter((input) => resource.propertyDependencies[input]?.some((urn) => isReplacedUrn(urn, replaced)));
    // The trigger is the id of a VPC, which recordings keep no dependency for.
    const triggered = resource.replacementTrigger !== undefined && [...replaced].some((urn) => urn.includes(vpcType));
    return {
        resource,
        inputs: [...new Set([...inputs, ...touchedInputs, ...(triggered ? [replacementTrigger] : [])])],
        replaces: replaces || triggered || touchedInputs.some((input) => isReplaced(resource.type, input, false)),
    };
}

const vpcType = "$aws:ec2/vpc:Vpc::";

/** awsx's Vpc gives away what is inside it. */
function isReplacedUrn(urn: string, replaced: ReadonlySet<string>): boolean {
    const isVpc = urn.includes("awsx:ec2:Vpc::");
    return replaced.has(urn) || (isVpc && [...replaced].some((inside) => inside.startsWith(`${urn}$`)));
}
