import { ChangesetName } from "../changesets";

/** An applied changeset whose text is no longer what ran. */
export interface EditedChangeset extends ChangesetName {
    /** Checksum of what ran. */
    was: string;
    /** Checksum of what is written now. */
    now: string;
}

// With `s`: a name may hold what `.` takes for a line's end, U+2028 or a CR.
const complaint = /^\s*(.+?)::(.+)::((?:(?!::).)+) was: (\S+) but is now: (\S+)\s*$/s;

/**
 * Reads the edited changesets out of what Liquibase's validation printed: its checksums are the only ones that count,
 * and it has already left out runOnChange, runAlways and validCheckSum.
 */
export function editedChangesets(messages: string[]): EditedChangeset[] {
    return messages
        .flatMap((message) => message.split("\n"))
        .flatMap((line) => {
            const [matched, file = "", id = "", author = "", was = "", now = ""] = complaint.exec(line) ?? [];
            return matched === undefined ? [] : [{ file, id, author, was, now }];
        });
}
