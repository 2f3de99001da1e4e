import { type Resource, type Stack, get, hasUnknown } from "./resource";

export const environments = ["dev", "prod"] as const;
export type Environment = (typeof environments)[number];

/** What holds for an environment; absent, nothing is asked there. */
export type Levels<T> = { [E in Environment]?: T };

/** What a rule found wrong with a resource. */
export interface Finding {
    /** What is wrong: a property, a statement of a policy, a stage. */
    what: string;
    given: unknown;
}

/** What every rule is described by; `docs/controls.md` is made of it. */
export interface Description {
    /** Name of the policy in the pack. */
    id: string;
    /** Controls that it enforces: AWS Foundational Security Best Practices, checkov, cdk-nag. */
    controls: string[];
    /** What is so where the rule holds. */
    title: string;
    /** How to fix a violation, as a sentence. */
    fix: string;
}

/** One thing that a stack is held to. The pack and the tests run the same objects. */
export interface Rule extends Description {
    /** Types of the resources that it judges. */
    types: string[];
    /** Whether a resource can be judged by itself, or only among the others of its stack. */
    scope: "resource" | "stack";
    /** What is allowed, as the end of the sentence "Allowed: …". */
    allowed: Levels<string>;
    check(resource: Resource, environment: Environment, stack: Stack): Finding[];
}

/** What a value has to satisfy. */
export interface Condition {
    allowed: string;
    holds(value: unknown): boolean;
}

type Required = { both: Condition } | Levels<Condition>;

export type PropertyRule = Description &
    Required & {
        type: string;
        /** Path of the property. */
        property: string;
        /** Resources of the type that the rule is about; all by default. */
        when?: (resource: Resource) => boolean;
    };

/** A rule about one property of one resource type: most rules are. A value that is not known is not judged. */
export function property(spec: PropertyRule): Rule {
    const conditions = levelsOf(spec);
    return {
        ...describe(spec),
        types: [spec.type],
        scope: "resource",
        allowed: allowedOf(conditions),
        check(resource, environment) {
            const given = get(resource.properties, spec.property);
            const condition = conditions[environment];
            if (condition === undefined || hasUnknown(given) || !(spec.when?.(resource) ?? true)) {
                return [];
            }
            return condition.holds(given) ? [] : [{ what: spec.property, given }];
        },
    };
}

export type CustomRule = Description & {
    types: string[];
    /** What is allowed in both environments, or in each. */
    allowed: string | Levels<string>;
};

/** A rule about a resource that is more than one property. */
export function resourceRule(
    spec: CustomRule & { check(resource: Resource, environment: Environment): Finding[] },
): Rule {
    return { ...describe(spec), ...spec, allowed: sameAllowed(spec.allowed), scope: "resource" };
}

/** A rule about a resource among the others of its stack. */
export function stackRule(
    spec: CustomRule & { check(resource: Resource, environment: Environment, stack: Stack): Finding[] },
): Rule {
    return { ...describe(spec), ...spec, allowed: sameAllowed(spec.allowed), scope: "stack" };
}

export type CompanionRule = Omit<CustomRule, "types"> & {
    /** Type of the resources that it judges. */
    type: string;
    /** Type of the companion, the property that names the resource, and what it is called. */
    companion: { type: string; property: string; what: string };
    /** What is wrong with a companion, by its properties; where any will do, nothing. */
    problems?: (properties: unknown) => string[];
};

/** A rule about a resource that AWS keeps apart from the one it belongs to; without it, it is what is missing. */
export function companion({ type, companion: wanted, problems = () => [], ...spec }: CompanionRule): Rule {
    return stackRule({
        ...spec,
        types: [type],
        check(resource, _environment, stack) {
            const companions = stack.referring(wanted.type, wanted.property, resource);
            const found = companions.flatMap(({ properties }) => problems(properties));
            const given = companions.length === 0 ? undefined : found.join(", ");
            return findings({ what: wanted.what, given, valid: companions.length > 0 && found.length === 0 });
        },
    });
}

/** Each requirement that is not met, as a finding. */
export function findings(...candidates: (Finding & { valid: boolean })[]): Finding[] {
    return candidates
        .filter((candidate) => !candidate.valid && !hasUnknown(candidate.given))
        .map(({ what, given }) => ({ what, given }));
}

function describe({ id, controls, title, fix }: Description): Description {
    return { id, controls, title, fix };
}

function levelsOf(spec: Required): Levels<Condition> {
    return "both" in spec ? { dev: spec.both, prod: spec.both } : { dev: spec.dev, prod: spec.prod };
}

function allowedOf(conditions: Levels<Condition>): Levels<string> {
    return { dev: conditions.dev?.allowed, prod: conditions.prod?.allowed };
}

function sameAllowed(allowed: string | Levels<string>): Levels<string> {
    return typeof allowed === "string" ? { dev: allowed, prod: allowed } : allowed;
}
