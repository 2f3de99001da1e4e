import { Engine, engines, isEngine } from "../shared/engines";
import { formOf, matching, type Rule } from "../shared/validation";

// Rules for the names of the users that builds log in as, wherever they are given.

/** The name is also part of the ARN for IAM authentication, where a wildcard would mean every user. */
export const roleNamePattern = /^(?!pg_)[A-Za-z_][A-Za-z0-9_]{0,62}$/;
export const allowedRoleName =
    "a letter or underscore, then at most 62 letters, digits or underscores; not pg_…, which PostgreSQL reserves";

/** Rule for the name of a role, if one is given. */
export function roleName(arg: string, given: unknown): Rule {
    return matching(arg, given, roleNamePattern, allowedRoleName, "Change it.");
}

export function requiredRoleName(arg: string, given: unknown): Rule {
    return {
        ...roleName(arg, given),
        kind: formOf(given),
        valid: typeof given === "string" && roleNamePattern.test(given),
    };
}

/** Rule for the length of a name, where the engine is known and accepts less than the pattern. */
export function nameLength(arg: string, given: unknown, engine: unknown): Rule {
    const longest = isEngine(engine) ? engines[engine].longestRoleName : Infinity;
    return {
        arg,
        kind: "OutOfRange",
        given,
        valid: typeof given !== "string" || given.length <= longest || !roleNamePattern.test(given),
        allowed: `at most ${longest} characters, with ${String(engine)}`,
        fix: "Shorten it.",
    };
}

/** Rule for an arg, or a kind of build, that only some engines have; satisfied while the engine is unknown. */
export function engineHas(
    trait: "canRehearse" | "declaredRoles",
    engine: unknown,
    { arg, given, what, fix }: { arg: string; given: unknown; what: string; fix: string },
): Rule {
    const names = Object.values(Engine).filter((name) => engines[name][trait]);
    return {
        arg,
        kind: "Conflict",
        given,
        valid: given === undefined || !isEngine(engine) || engines[engine][trait],
        allowed: `${names.map((name) => `"${name}"`).join(" or ")}, with ${what}`,
        fix,
    };
}
