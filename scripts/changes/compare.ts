import { isDeepStrictEqual } from "node:util";
import { type Recorded, reveal } from "../../test/support/mocks";
import { isReplaced, mayBeTakenOut } from "./replacement";

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

/** What can change: components have no inputs of their own. */
function byUrn(resources: Recorded[]): Map<string, Recorded> {
    return new Map(resources.filter(({ custom }) => custom).map((resource) => [resource.urn, resource]));
}

/** Stands for the option among the inputs. */
const replacementTrigger = "(replacementTrigger)";

function ownChange(before: Recorded, after: Recorded): Change {
    const keys = [...new Set([...Object.keys(before.inputs), ...Object.keys(after.inputs)])];
    const inputs = keys
        .filter((key) => !after.ignoreChanges.includes(key))
        .filter((key) => key in after.inputs || !mayBeTakenOut(after.type, key))
        .filter((key) => !isDeepStrictEqual(reveal(before.inputs[key]), reveal(after.inputs[key])));
    const switched = (key: string) => key in before.inputs !== key in after.inputs;
    const triggered = !isDeepStrictEqual(before.replacementTrigger, after.replacementTrigger);
    return {
        resource: after,
        inputs: triggered ? [...inputs, replacementTrigger] : inputs,
        replaces: triggered || inputs.some((key) => replaces(after, key, switched(key))),
    };
}

function replaces({ type, replaceOnChanges }: Recorded, input: string, switched: boolean): boolean {
    return replaceOnChanges.includes(input) || isReplaced(type, input, switched);
}

/** What a replaced resource gives to others is not known in advance: their inputs change too, as in a preview. */
function spread(changes: Change[]): Change[] {
    const replaced = changes.filter((change) => change.replaces).map(({ resource }) => resource);
    const touched = changes.map((change) => touch(change, replaced));
    return touched.filter((change) => change.replaces).length > replaced.length
        ? spread(touched)
        : touched.filter(({ inputs }) => inputs.length > 0);
}

function touch({ resource, inputs, replaces: already }: Change, replaced: Recorded[]): Change {
    const urns = new Set(replaced.map(({ urn }) => urn));
    const touchedInputs = Object.keys(resource.inputs)
        .filter((input) => !resource.ignoreChanges.includes(input))
        .filter((input) => resource.propertyDependencies[input]?.some((urn) => urns.has(urn)));
    const triggered = replaced.some((target) => isTriggeredBy(target, resource.replacementTrigger));
    return {
        resource,
        inputs: [...new Set([...inputs, ...touchedInputs, ...(triggered ? [replacementTrigger] : [])])],
        replaces: already || triggered || touchedInputs.some((input) => replaces(resource, input, false)),
    };
}

/** Recordings keep no dependency for a trigger: it is the id of another resource, or a cluster's resource id. */
function isTriggeredBy({ id, outputs }: Recorded, trigger: unknown): boolean {
    return trigger !== undefined && [id, outputs.clusterResourceId].includes(trigger);
}
