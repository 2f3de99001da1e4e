import { escapeIdentifier as quoted } from "pg";
import type { Role, State } from "./model";

/** A role attribute that must be removed, and how. */
interface Excess {
    key: keyof Role;
    off: string;
}

/** Roles that log in have no other attributes. */
const attributes: Excess[] = [
    { key: "superuser", off: "NOSUPERUSER" },
    { key: "createRole", off: "NOCREATEROLE" },
    { key: "createDatabase", off: "NOCREATEDB" },
    { key: "replication", off: "NOREPLICATION" },
    { key: "bypassRls", off: "NOBYPASSRLS" },
    { key: "limited", off: "CONNECTION LIMIT -1" },
    { key: "expires", off: "VALID UNTIL 'infinity'" },
];

export function excesses(role: Role): Excess[] {
    return attributes.filter(({ key }) => role[key] === true);
}

/**
 * Some attributes can only be revoked by a role that has them
 * (https://www.postgresql.org/docs/current/sql-alterrole.html).
 */
export function mayTake({ key }: Excess, { administrator }: State): boolean {
    switch (key) {
        case "createDatabase":
        case "replication":
        case "bypassRls":
            return administrator.superuser || administrator[key];
        default:
            return true;
    }
}

/** Attributes that the administrator cannot revoke, with the statement that would. */
export function attributeNotes(state: State): string[] {
    return state.roles.flatMap((role) =>
        excesses(role)
            .filter((excess) => !mayTake(excess, state))
            .map(
                ({ off }) =>
                    `${role.name} has an attribute that ${state.administrator.name} cannot remove: ALTER ROLE ${quoted(role.name)} ${off}`,
            ),
    );
}
