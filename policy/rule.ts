import { type Resource, type Stack, get, hasUnknown } from "./resource";

export const environments = ["dev", "prod"] as const;
export type Environment = (typeof environments)[number];

/** A requirement by environment; if absent, the environment has no requirement. */
export type Levels<T> = { [E in Environment]?: T };

/** A violation of a rule by a resource. */
export interface Finding {
    /** What violates it: a property, a statement of a policy, a stage. */
    what: string;
    given: unknown;
}

/** The description that every rule has; `docs/controls.md` is generated from it. */
export interface Description {
    /** Name of the policy in the pack. */
    id: string;
    /** Controls that it enforces: AWS Foundational Security Best Practices, checkov, cdk-nag. */
    controls: string[];
    /** The requirement, as a statement that is true if the rule is met. */
    title: string;
    /** How to fix a violation, as a sentence. */
    fix: string;
}

/** One requirement for a stack. The policy pack and the tests use the same objects. */
export interface Rule extends Description {
    /** Types of the resources that it judges. */
    types: string[];
    /** Whether a resource can be judged alone, or only together with the others of its stack. */
    scope: "resource" | "stack";
    /** What is allowed, as the end of the sentence "Allowed: …". */
    allowed: Levels<string>;
    check(resource: Resource, environment: Environment, stack: Stack): Finding[];
}

/** The requirement for a value. */
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
        /** The resources of the type that the rule applies to; all by default. */
        when?: (resource: Resource) => boolean;
    };

/** A rule about one property of one resource type, like most rules. An unknown value is not judged. */
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
    /** The allowed values, the same for both environments or one for each. */
    allowed: string | Levels<string>;
};

/** A rule about more than one property of a resource. */
export function resourceRule(
    spec: CustomRule & { check(resource: Resource, environment: Environment): Finding[] },
): Rule {
    return { ...describe(spec), ...spec, allowed: sameAllowed(spec.allowed), scope: "resource" };
}

/** A rule about a resource in relation to the others of its stack. */
export function stackRule(
    spec: CustomRule & { check(resource: Resource, environment: Environment, stack: Stack): Finding[] },
): Rule {
    return { ...describe(spec), ...spec, allowed: sameAllowed(spec.allowed), scope: "stack" };
}

export type CompanionRule = Omit<CustomRule, "types"> & {
    /** Type of the resources that it judges. */
    type: string;
    /** Type of the companion, the property that refers to the resource, and the companion's name in messages. */
    companion: { type: string; property: string; what: string };
    /** What is wrong with a companion, from its properties; omitted if any companion is sufficient. */
    problems?: (properties: unknown) => string[];
};

/**
 * A rule about settings that AWS keeps in a separate resource; if that resource is absent, it is reported as missing.
 */
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

/** Each unmet requirement, as a finding. */
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
