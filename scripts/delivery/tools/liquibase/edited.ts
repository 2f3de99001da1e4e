import type { EditedChangeset } from "../sources";

// With the flag `s`, because `.` does not match U+2028 or CR otherwise, which a name may contain.
const complaint = /^\s*(.+?)::(.+)::((?:(?!::).)+) was: (\S+) but is now: (\S+)\s*$/s;

/**
 * Extracts the edited changesets from the output of Liquibase's validation: only its own checksums count, and it has
 * already left out runOnChange, runAlways and validCheckSum.
 */
export function editedChangesets(messages: readonly string[]): EditedChangeset[] {
    return messages
        .flatMap((message) => message.split("\n"))
        .flatMap((line) => {
            const [matched, file = "", id = "", author = "", was = "", now = ""] = complaint.exec(line) ?? [];
            return matched === undefined ? [] : [{ file, id, author, was, now }];
        });
}
