import type { ChangesetName } from "../../changesets";
import type { EditedChangeset } from "../sources";

const complaint = / was: (\S+) but is now: (\S+)\s*$/;

/**
 * Extracts the edited changesets from the output of Liquibase's validation: only its own checksums count, and it has
 * already left out runOnChange, runAlways and validCheckSum.
 */
export function editedChangesets(messages: readonly string[]): EditedChangeset[] {
    return messages
        .flatMap((message) => message.split("\n"))
        .flatMap((line) => {
            const found = complaint.exec(line);
            const name = found && namedBefore(line.slice(0, found.index));
            return name ? [{ ...name, was: found[1]!, now: found[2]! }] : [];
        });
}

/** `file::id::author`; an id may contain `::`. Not by one pattern, whose time would grow with the cube of their number. */
function namedBefore(text: string): ChangesetName | undefined {
    const name = text.trimStart();
    const [first, last] = [name.indexOf("::", 1), name.lastIndexOf("::")];
    const [file, id, author] = [name.slice(0, first), name.slice(first + 2, last), name.slice(last + 2)];
    return first > 0 && id !== "" && author !== "" ? { file, id, author } : undefined;
}
