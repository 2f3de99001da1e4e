import { escapeIdentifier as quoted } from "pg";
import { attributeNotes } from "./attributes";
import type { State, Users } from "./model";
import { settingNotes } from "./settings";
import { declaredNotes } from "./declared/notes";
import { membershipNotes } from "./memberships";

/** What the administrator leaves to a person to decide, with the statement. */
export function notes(users: Users, state: State): string[] {
    return [
        ...attributeNotes(state),
        ...membershipNotes(users, state),
        ...settingNotes(state),
        ...declaredNotes(users, state),
        ...state.shadows.map(
            ({ what, drop }) =>
                `the ${what} takes the place of PostgreSQL's own in queries, because its argument types fit better: ${drop}`,
        ),
        ...state.former.map(
            ({ name, part }) =>
                `the role ${name} is the former ${part} and is no longer used: DROP OWNED BY ${quoted(name)}; DROP ROLE ${quoted(name)}`,
        ),
    ];
}
