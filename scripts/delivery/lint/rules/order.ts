import { ChangesetName, keyOf } from "../../changesets";
import type { SuspectedEdit, SourceChangeset } from "../../tools/sources";
import { Complaint, Subject } from "./complaint";

/** The order of a source's changesets, relative to each other and to what the database has run. */
export class Order {
    private readonly positions: Map<string, number>;
    private readonly byName = new Map<string, SourceChangeset[]>();
    /** Positions of what the database has run, in the source's order. */
    private readonly applied: { position: number; source: SourceChangeset }[];

    constructor(sources: SourceChangeset[], applied: ChangesetName[]) {
        this.positions = new Map(sources.map((source, position) => [looseKey(source), position]));
        for (const source of sources) {
            const name = looseName(source);
            this.byName.set(name, [...(this.byName.get(name) ?? []), source]);
        }
        const ran = new Set(applied.map(looseKey));
        this.applied = sources
            .map((source, position) => ({ source, position }))
            // Repeatable changesets say nothing about the order of the rest.
            .filter(({ source }) => ran.has(looseKey(source)) && !isRepeatable(source));
    }

    judge({ changeset, source }: Subject): Complaint[] {
        return [...this.judgeName(changeset), ...this.judgePosition(changeset.again, source)];
    }

    private judgeName(changeset: ChangesetName): Complaint[] {
        const alike = this.byName.get(looseName(changeset)) ?? [];
        const other =
            alike.find((source) => looseKey(source) !== looseKey(changeset) || !hasSameName(source, changeset)) ??
            (alike.length > 1 ? alike[0] : undefined);
        return other
            ? [
                  {
                      rule: "duplicate-id",
                      what: hasSameName(other, changeset)
                          ? `${changeset.author}:${changeset.id} is also in ${other.path}, line ${other.line}.`
                          : `${changeset.author}:${changeset.id} differs only in case from ${other.author}:${other.id} in ${other.path}, line ${other.line}.`,
                  },
              ]
            : [];
    }

    private judgePosition(again: boolean | undefined, source: SourceChangeset | undefined): Complaint[] {
        const position = source && this.positions.get(looseKey(source));
        const newest = this.applied.at(-1);
        if (
            position === undefined ||
            newest === undefined ||
            again ||
            isRepeatable(source) ||
            newest.position <= position
        ) {
            return [];
        }
        return [
            {
                rule: "out-of-order",
                what: `It comes before ${keyOf(newest.source)}, which the database has already run.`,
            },
        ];
    }
}

/** Applied changesets that were edited; the tool's own exceptions apply here as well. */
export function judgeEdit(edited: SuspectedEdit, source: SourceChangeset | undefined): Complaint[] {
    if (source && (isRepeatable(source) || source.mayBeEdited)) {
        return [];
    }
    const what =
        edited.was === undefined
            ? "It was edited after it was pushed: a database that has run it refuses it."
            : `It ran with the checksum ${edited.was}, which is now ${edited.now}.`;
    return [{ rule: "edited-changeset", what, line: source?.line }];
}

/** Ignores case in a changeset's names: a tool may do so too, and elsewhere it is harmless. */
export function looseKey(name: ChangesetName): string {
    return keyOf(name)
        .replace(/^(classpath:)?\/*/, "")
        .toLowerCase();
}

/** Without the file. */
function looseName({ author, id }: ChangesetName): string {
    return `${author}:${id}`.toLowerCase();
}

function hasSameName(one: ChangesetName, other: ChangesetName): boolean {
    return one.id === other.id && one.author === other.author;
}

function isRepeatable(source: SourceChangeset | undefined): boolean {
    return source?.repeatable === true;
}
