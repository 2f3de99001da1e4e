import { escapeIdentifier as quoted } from "pg";
import { iamRole, type Membership, type State, type Step, type User, type Users } from "./model";

// Which roles are members of which, and of no others.

/** The part of a state that memberships depend on. */
type Members = Pick<State, "memberships" | "administrator" | "server">;

/** Memberships that another role granted, with the statement that revokes them. */
export function membershipNotes({ owner, migrator }: Users, state: State): string[] {
    return foreignMemberships((member) => (member === migrator.name ? [owner] : []), state);
}

/** The same for any roles, by what each of them is a member of. */
export function foreignMemberships(wantedOf: (member: string) => string[], state: Members): string[] {
    const { administrator, memberships } = state;
    const wanted = (member: string) => [iamRole, ...wantedOf(member)];
    return memberships
        .filter(({ member, revocable }) => member !== administrator.name && !revocable)
        .filter(({ member, role, admin }) => admin || !wanted(member).includes(role))
        .map((membership) => {
            const { member, role, grantor, admin } = membership;
            const { sql } = revoke(membership, state, admin ? "ADMIN OPTION" : undefined);
            return `${grantor} granted ${role} to ${member}${admin ? " WITH ADMIN OPTION" : ""}, which only ${grantor} or a superuser can revoke: ${sql}`;
        });
}

/** The administrator needs membership in the owner role to transfer objects to it and to keep access to them. */
export function membershipSteps({ owner, migrator, planner }: Users, state: State): Step[] {
    return [
        ...(state.administrator.superuser ? [] : join(state.administrator.name, owner, state)),
        ...memberOf(migrator, [owner], state),
        ...memberOf(planner, [], state),
    ];
}

/** Makes a role a member of another one, with its privileges. */
export function join(member: string, role: string, { memberships, server }: Members): Step[] {
    // Since PostgreSQL 16, granting again keeps options that are not named.
    const options = server >= 160_000 ? " WITH INHERIT TRUE, SET TRUE" : "";
    const grants = memberships.filter((grant) => grant.member === member && grant.role === role);
    const whole = grants.some(({ inherits }) => inherits) && grants.some(({ sets }) => sets);
    return whole
        ? []
        : [{ sql: `GRANT ${quoted(role)} TO ${quoted(member)}${options}`, says: `granted ${role} to ${member}` }];
}

/** Makes a user a member of these roles, of the role for IAM if it uses it, and of no others. */
export function memberOf(user: User, wanted: string[], state: Members): Step[] {
    const { memberships } = state;
    const roles = [...wanted, ...(user.iam ? [iamRole] : [])];
    const own = memberships.filter(({ member }) => member === user.name);
    const wrong = own.filter(({ role }) => !roles.includes(role));
    const grantable = own.filter(({ role, admin }) => roles.includes(role) && admin);
    return [
        ...wrong.filter(({ revocable }) => revocable).map((membership) => revoke(membership, state)),
        ...grantable
            .filter(({ revocable }) => revocable)
            .map((membership) => revoke(membership, state, "ADMIN OPTION")),
        ...wanted.flatMap((role) => join(user.name, role, state)),
        ...(user.iam && !own.some(({ role }) => role === iamRole)
            ? [
                  { sql: `GRANT ${iamRole} TO ${quoted(user.name)}`, says: `granted ${iamRole} to ${user.name}` },
                  // With IAM no user needs a password, and a server elsewhere would accept it.
                  {
                      sql: `ALTER ROLE ${quoted(user.name)} PASSWORD NULL`,
                      says: `removed the password of ${user.name}`,
                  },
              ]
            : []),
    ];
}

function revoke(
    { member, role, grantor }: Membership,
    { server, administrator }: Members,
    option?: "ADMIN OPTION",
): Step {
    // Since PostgreSQL 16, a grant is revoked by its grantor, or on the grantor's behalf.
    const as = server >= 160_000 && grantor !== administrator.name ? ` GRANTED BY ${quoted(grantor)}` : "";
    return {
        sql: `REVOKE ${option === undefined ? "" : `${option} FOR `}${quoted(role)} FROM ${quoted(member)}${as}`,
        says: `revoked ${option === undefined ? "" : `the ${option} of `}${role} from ${member}`,
    };
}
