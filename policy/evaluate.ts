import { type RecordedResource, type Resource, Stack, normalise } from "./resource";
import type { Environment, Finding, Rule } from "./rule";
import { rules as allRules } from "./rules";
import { type Waiver, waivers as allWaivers, waiverOf } from "./waivers";

export interface Violation {
    /** Id of the rule. */
    rule: string;
    controls: string[];
    type: string;
    /** Name of the resource. */
    resource: string;
    urn: string;
    /** What, given, allowed, fix. */
    message: string;
}

export interface EvaluateOptions {
    environment: Environment;
    rules?: Rule[];
    waivers?: Waiver[];
}

/** Evaluates all resources of a stack, as `pulumi preview --policy-pack policy` does. */
export function evaluatePolicies(resources: RecordedResource[], options: EvaluateOptions): Violation[] {
    const stack = new Stack(resources.map(normalise));
    const { environment, rules = allRules, waivers = allWaivers } = options;
    return rules.flatMap((rule) =>
        stack
            .all(...rule.types)
            .filter((resource) => waiverOf(rule, resource, environment, waivers) === undefined)
            .flatMap((resource) => judge(rule, resource, environment, stack)),
    );
}

/** The violations of one rule by one resource; none if the environment has no requirement. */
export function judge(rule: Rule, resource: Resource, environment: Environment, stack: Stack): Violation[] {
    if (rule.allowed[environment] === undefined) {
        return [];
    }
    return rule.check(resource, environment, stack).map((finding) => ({
        rule: rule.id,
        controls: rule.controls,
        type: resource.type,
        resource: resource.name,
        urn: resource.urn,
        message: messageOf(rule, resource, environment, finding),
    }));
}

function messageOf(rule: Rule, resource: Resource, environment: Environment, { what, given }: Finding): string {
    const subject = `${classOf(resource.type)} "${resource.name}"`;
    const allowed = `Allowed in ${environment}: ${rule.allowed[environment]}.`;
    return `${subject}: ${what}: given ${show(given)}. ${allowed} ${rule.fix} (${rule.controls.join(", ")})`;
}

/** `Cluster` of `aws:rds/cluster:Cluster`. */
export function classOf(type: string): string {
    return type.slice(type.lastIndexOf(":") + 1);
}

function show(value: unknown): string {
    return value === undefined ? "nothing" : JSON.stringify(value);
}
