import { escapeIdentifier as quoted } from "pg";
import { attributeNotes } from "./attributes";
import type { State, Users } from "./model";
import { settingNotes } from "./settings";
import { membershipNotes } from "./steps";

/** What the administrator leaves to a person, with the statement. */
export function notes(users: Users, state: State): string[] {
    return [
        ...attributeNotes(state),
        ...membershipNotes(users, state),
        ...settingNotes(state),
        ...state.former.map(
            ({ name, part }) =>
                `the role ${name} was the ${part} before, and is no longer used: DROP OWNED BY ${quoted(name)}; DROP ROLE ${quoted(name)}`,
        ),
    ];
}
