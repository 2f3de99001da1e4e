import { type ChangesetName, count, keyOf, someOf } from "../../changesets";
import type { HistoryContext, RanChangeset } from "../history";
import type { Complaint } from "./complaint";
import { looseKey } from "./order";

/** A complaint about a file, or about a table of the database. */
export interface PlacedComplaint extends Complaint {
    file: string;
}

/** The names that a message lists. */
const mostNames = 10;

/** Compares the source with what the database has run: nothing may run twice, or be missing, without a message. */
export class HistoryRules {
    /** Rows whose changeset is not in the source. */
    private readonly orphans: RanChangeset[];
    private readonly renamed = new Set<RanChangeset>();
    /** Whether anything is pending. */
    private pending = false;

    constructor(private readonly context: HistoryContext) {
        const { applied, known } = context;
        const inSource = new Set(known?.map(looseKey));
        this.orphans =
            known === undefined ? [] : applied.filter((row) => !row.internal && !inSource.has(looseKey(row)));
    }

    /** About a pending changeset. */
    judge(changeset: ChangesetName): Complaint[] {
        this.pending = true;
        return [...this.judgeRename(changeset), ...this.judgeElsewhere(changeset)];
    }

    /** About anything else than pending changesets, which are judged first. */
    judgeRest(): PlacedComplaint[] {
        return [...this.judgeMissing(), ...this.judgeOtherHistories()];
    }

    private judgeRename(changeset: ChangesetName): Complaint[] {
        const row = this.orphans.find((orphan) => nameOf(orphan) === nameOf(changeset));
        if (row === undefined) {
            return [];
        }
        this.renamed.add(row);
        const when = row.ranAt === undefined ? "" : ` on ${row.ranAt.slice(0, 10)}`;
        return [
            {
                rule: "renamed-file",
                what: `${changeset.author}:${changeset.id} has run${when} as ${row.file}, which the source does not contain any more; as ${changeset.file} it would run again.`,
            },
        ];
    }

    private judgeElsewhere(changeset: ChangesetName): Complaint[] {
        return (this.context.otherHistories ?? [])
            .filter(({ changesets = [] }) => changesets.some((other) => nameOf(other) === nameOf(changeset)))
            .map(({ table }) => ({
                rule: "applied-elsewhere",
                what: `According to the history in ${table}, ${changeset.author}:${changeset.id} has already run in this database.`,
            }));
    }

    private judgeMissing(): PlacedComplaint[] {
        const byFile = new Map<string, RanChangeset[]>();
        for (const row of this.orphans.filter((orphan) => !this.renamed.has(orphan))) {
            byFile.set(row.file, [...(byFile.get(row.file) ?? []), row]);
        }
        return [...byFile].map(([file, rows]) => ({
            rule: "missing-source",
            file,
            what: `The database has run ${count(rows.length, "changeset")} that the source does not contain any more: ${someOf(
                rows.map(({ author, id }) => `${author}:${id}`),
                mostNames,
            )}.`,
        }));
    }

    private judgeOtherHistories(): PlacedComplaint[] {
        return (this.context.otherHistories ?? []).map(({ table, changesets }) => ({
            rule: changesets === undefined && this.pending ? "unreadable-history" : "other-history",
            file: table,
            what:
                changesets === undefined
                    ? `The database has another history of changesets, ${table}, which cannot be read.`
                    : `The database has another history of changesets, ${table}, with ${count(changesets.length, "row")}.`,
        }));
    }
}

/** As the migration tool compares them. */
function nameOf({ id, author }: ChangesetName): string {
    return keyOf({ id, author, file: "" }).toLowerCase();
}
