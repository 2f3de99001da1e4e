import { options } from "../../../components/options";
import { CodedError } from "../../delivery/errors";
import { keyOf } from "../../delivery/changesets";
import { refuseUnreadable } from "../../delivery/input/migrations";
import { toolNamed } from "../../delivery/tools/registry";

/** The changesets of one version of a changelog. */
export interface ChangelogVersion {
    /** `keyOf` each of them. */
    changesets: ReadonlySet<string>;
    /** The keys of changesets that Liquibase cannot undo: handwritten SQL without a rollback. */
    irreversible: ReadonlySet<string>;
    /** Files whose changesets only Liquibase knows: in a jar, or broken. */
    unread: ReadonlySet<string>;
}

export const noChangelog: ChangelogVersion = {
    changesets: new Set(),
    irreversible: new Set(),
    unread: new Set(),
};

/** Reads a migrations directory. Never throws: the plan explains errors better. */
export function readVersion(directory: string): ChangelogVersion {
    try {
        const tool = toolNamed(options.tool.default);
        refuseUnreadable(directory, tool.terms);
        const { changesets, unread, refused } = tool.readProject(directory).sources();
        return {
            changesets: new Set(changesets.map(keyOf)),
            irreversible: new Set(
                changesets.filter(({ rollback, onlySql }) => rollback.kind === "absent" && onlySql).map(keyOf),
            ),
            unread: new Set([...unread, ...refused].map(({ file }) => file)),
        };
    } catch (error) {
        if (!(error instanceof CodedError)) throw error;
        return { ...noChangelog, unread: new Set([error.message]) };
    }
}
