import { escapeIdentifier as quoted } from "pg";
import type { State } from "./model";
import { settingNotes } from "./settings";

/** What the administrator leaves to a person, with the statement. */
export function notes(state: State): string[] {
    return [
        ...settingNotes(state),
        ...state.former.map(
            ({ name, part }) =>
                `the role ${name} was the ${part} before, and is no longer used: DROP OWNED BY ${quoted(name)}; DROP ROLE ${quoted(name)}`,
        ),
    ];
}
