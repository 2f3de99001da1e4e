import { escapeIdentifier as quoted } from "pg";
import { join } from "../memberships";
import { namesOf, nothingDeclared, type ReadState, type State, type Step, type Users } from "../model";

// Objects that existed before the pipeline and belong to someone else: migrations cannot change them.

/**
 * The roles to take over from become members of the owner: an application that logs in as the former owner of its tables
 * keeps working. Their objects are transferred like those of the other roles.
 */
export function takeOverSteps({ declared = nothingDeclared, owner }: Users, state: ReadState): Step[] {
    const { memberships } = state.declared;
    return declared.takeOverFrom.flatMap((name) => join(name, owner, { ...state, memberships }));
}

/** What prevents that, each with its fix. */
export function takeOverProblems(users: Users, state: ReadState): string[] {
    const { administrator, declared } = state;
    const key = "the config key takeOverFrom";
    return (users.declared ?? nothingDeclared).takeOverFrom.flatMap((name): string[] => {
        const role = declared.roles.find((candidate) => candidate.name === name);
        if (role === undefined) {
            return [`there is no role ${name}: remove it from ${key}`];
        }
        if (role.superuser || [administrator.name, ...namesOf(users)].includes(name)) {
            return [`${name} is ${role.superuser ? "a superuser" : "a role of the pipeline"}: remove it from ${key}`];
        }
        return [
            ...(role.administrable || administrator.superuser
                ? []
                : [
                      `${administrator.name} may not act as ${name}: GRANT ${quoted(name)} TO ${quoted(administrator.name)} WITH ADMIN OPTION`,
                  ]),
            // Ownership of these would be transferred as well.
            ...declared.holdings
                .filter((holding) => holding.role === name)
                .map(
                    (holding) =>
                        `${name} owns the ${holding.kind.toLowerCase()} ${holding.name}, which is not a migration's: ALTER ${holding.kind} ${quoted(holding.name)} OWNER TO ${quoted(administrator.name)}`,
                ),
        ];
    });
}

/** Whose objects are left as they are, and how to take them over. */
export function foreignObjects({ owner }: Users, { declared }: State): string[] {
    return (declared?.foreign ?? [])
        .filter((foreign) => foreign.owner !== owner)
        .map(
            ({ owner: name, objects, example }) =>
                `${name} owns ${objects === 1 ? example : `${objects} objects, such as ${example}`}: migrations cannot change ${objects === 1 ? "it" : "them"} unless ${name} is in the config key takeOverFrom`,
        );
}
