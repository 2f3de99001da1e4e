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

/** The engine, if it is known yet. */
export function needsBuildUsers(engine: unknown, what: string): Rule {
    const names = Object.values(Engine).filter((name) => engines[name].buildUsers);
    return {
        arg: "database.engine",
        kind: "Conflict",
        given: engine,
        valid: !isEngine(engine) || engines[engine].buildUsers,
        allowed: `${names.map((name) => `"${name}"`).join(" or ")}, with ${what}`,
        fix: "With Aurora MySQL, every build logs in with the one credential that you pass.",
    };
}
