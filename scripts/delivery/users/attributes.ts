import { escapeIdentifier as quoted } from "pg";
import type { Role, State } from "./model";

/** An attribute that a role has, and how it loses it. */
interface Excess {
    key: keyof Role;
    off: string;
}

/** Whoever logs in has nothing but that. */
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

/** Some attributes only who has them may take (https://www.postgresql.org/docs/current/sql-alterrole.html). */
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

/** Attributes that the administrator cannot take from the roles, with the statement. */
export function attributeNotes(state: State): string[] {
    return state.roles.flatMap((role) =>
        excesses(role)
            .filter((excess) => !mayTake(excess, state))
            .map(
                ({ off }) =>
                    `${role.name} has an attribute that ${state.administrator.name} cannot take from it: ALTER ROLE ${quoted(role.name)} ${off}`,
            ),
    );
}
