import { ChangesetName, keyOf } from "../../changesets";
import { EditedChangeset } from "../edited";
import { SourceChangeset } from "../source/changeset";
import { Complaint, Subject } from "./complaint";

/** Where the changesets of a changelog stand to each other and to what the database has run. */
export class Order {
    private readonly positions: Map<string, number>;
    private readonly byName = new Map<string, SourceChangeset[]>();
    /** Positions of what the database has run, in the changelog's order. */
    private readonly applied: { position: number; source: SourceChangeset }[];

    constructor(changelog: SourceChangeset[], applied: ChangesetName[]) {
        this.positions = new Map(changelog.map((source, position) => [looseKey(source), position]));
        for (const source of changelog) {
            const name = `${source.author}:${source.id}`;
            this.byName.set(name, [...(this.byName.get(name) ?? []), source]);
        }
        const ran = new Set(applied.map(looseKey));
        this.applied = changelog
            .map((source, position) => ({ source, position }))
            // What runs again and again says nothing about the order of the rest.
            .filter(({ source }) => ran.has(looseKey(source)) && !isRepeatable(source));
    }

    judge({ changeset, source }: Subject): Complaint[] {
        return [...this.judgeName(changeset), ...this.judgePosition(changeset.again, source)];
    }

    private judgeName(changeset: ChangesetName): Complaint[] {
        const alike = this.byName.get(`${changeset.author}:${changeset.id}`) ?? [];
        const other =
            alike.find((source) => looseKey(source) !== looseKey(changeset)) ??
            (alike.length > 1 ? alike[0] : undefined);
        return other
            ? [
                  {
                      rule: "duplicate-id",
                      what: `${changeset.author}:${changeset.id} is also in ${other.path}, line ${other.line}.`,
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

/** Applied changesets that were edited; Liquibase's own exceptions hold here as well. */
export function judgeEdit(edited: EditedChangeset, source: SourceChangeset | undefined): Complaint[] {
    if (source && (isRepeatable(source) || source.validCheckSum)) {
        return [];
    }
    const what = `It ran with the checksum ${edited.was}, and is now ${edited.now}.`;
    return [{ rule: "edited-changeset", what, line: source?.line }];
}

/** Liquibase finds a changeset whatever the case of its names. */
export function looseKey(name: ChangesetName): string {
    return keyOf(name)
        .replace(/^(classpath:)?\/*/, "")
        .toLowerCase();
}

function isRepeatable(source: SourceChangeset | undefined): boolean {
    return source !== undefined && (source.runOnChange || source.runAlways);
}
