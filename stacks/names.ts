import { shortened } from "../components/contract";
import { nameLimits } from "../components/shared/names";
import type { Rule } from "../components/shared/validation";

/** RDS allows 63 characters; three are reserved for names derived from a cluster's or a proxy's. */
const longestIdentifier = 60;

/** The name of an environment: the pipeline's name, and the prefix of every other name. */
export function environmentName(project: string, stack: string): string {
    return `${project}-${stack}`;
}

/** The name in the form that RDS accepts for a cluster and a proxy. */
export function databaseIdentifier(name: string): string {
    return shortened(name, longestIdentifier);
}

/**
 * The stack's name becomes part of names in AWS: the pipeline's is the longest that is not shortened, RDS's rules are
 * the strictest.
 */
export function stackNameRule(project: string, stack: string): Rule {
    const longest = nameLimits.pipeline - environmentName(project, "").length;
    return {
        arg: "stack",
        kind: "Malformed",
        given: stack,
        valid: stack.length <= longest && /^[a-z](-?[a-z0-9])*$/.test(environmentName(project, stack)),
        allowed: `a name of lower-case letters, digits and single hyphens, at most ${longest} characters beside the project's name "${project}"`,
        fix: "Rename it: pulumi stack rename <name>",
    };
}
