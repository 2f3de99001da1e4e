import type { Resource } from "./resource";
import type { Environment, Rule } from "./rule";

/** A resource that a rule does not judge, and why. */
export interface Waiver {
    /** Id of the rule. */
    rule: string;
    /** Names of the resources, in full. */
    resource: RegExp;
    /** Environments that it holds in; both by default. */
    environments?: Environment[];
    reason: string;
}

export const waivers: Waiver[] = [];

export function waiverOf(
    rule: Rule,
    resource: Resource,
    environment: Environment,
    waivers: Waiver[],
): Waiver | undefined {
    return waivers.find(
        (waiver) =>
            waiver.rule === rule.id &&
            waiver.resource.test(resource.name) &&
            (waiver.environments?.includes(environment) ?? true),
    );
}
