import { escapeIdentifier as quoted } from "pg";
import { mayTake } from "../attributes";
import { foreignMemberships } from "../memberships";
import { nothingDeclared, type ReadState, type State, type Users } from "../model";
import { formerRoles, privilegesOf, tiesOf } from "./steps";

/** Maximum number of ties that a note names. */
const namedTies = 3;

/** What the administrator leaves to a person to decide, with the statement. */
export function declaredNotes({ declared = nothingDeclared, owner }: Users, state: State): string[] {
    if (state.declared === undefined) {
        return [];
    }
    const read: ReadState = { ...state, declared: state.declared };
    // What else a role may that is only taken over from is not the bootstrap's concern.
    const own = read.declared.roles.filter(({ name }) => !declared.takeOverFrom.includes(name));
    const memberOf = new Map(declared.applications.map((user) => [user.name, user.memberOf]));
    return [
        ...formerRoles(declared, read).flatMap((role) => {
            const ties = tiesOf(role, read);
            const more = ties.length > namedTies ? ` and ${ties.length - namedTies} more` : "";
            return ties.length === 0
                ? []
                : [
                      `the role ${role.name} is no longer in the config, but ${ties.slice(0, namedTies).join(", ")}${more}: REASSIGN OWNED BY ${quoted(role.name)} TO ${quoted(owner)}; the next run drops it`,
                  ];
        }),
        ...own.flatMap((role) =>
            privilegesOf(role)
                .filter((excess) => !mayTake(excess, state))
                .map(
                    ({ off }) =>
                        `${role.name} has an attribute that ${state.administrator.name} cannot remove: ALTER ROLE ${quoted(role.name)} ${off}`,
                ),
        ),
        ...foreignMemberships((member) => memberOf.get(member) ?? [], {
            ...state,
            memberships: read.declared.memberships.filter(({ member }) => own.some(({ name }) => name === member)),
        }),
    ];
}
