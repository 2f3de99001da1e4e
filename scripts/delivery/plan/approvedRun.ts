import { type ChangesetName, keyOf } from "../changesets";
import { describeFile, type FileRead } from "../liquibase/files";
import { describePrecondition } from "../liquibase/preconditions";
import type { ChangesetEvent, Judge } from "../liquibase/session";
import type { Plan, PlannedChange } from "./model";

/** What a plan says of a changeset before it is run or undone. */
interface Expected {
    position: number;
    facts: Fact[];
    sql: string[];
    files: FileRead[];
    /** Its statements are not compared: making them reads the database, or runs code. */
    uncompared: boolean;
}

/** Something that must be as planned, as a person calls it. */
type Fact = [what: string, value: string];

/** Judges an update: each changeset is one of the plan, in its order, and does what the plan says. */
export function approvedUpdate(plan: Pick<Plan, "changes" | "code">): Judge {
    return judgeOf(planned(plan, factsOfRun), (event) =>
        factsOfRun({ ...event, again: event.runStatus !== "NOT_RAN" }),
    );
}

/** Judges a rollback that was planned as one. */
export function approvedRollback(plan: Pick<Plan, "changes" | "code">): Judge {
    return judgeOf(planned(plan, factsOfUndo), factsOfUndo);
}

/**
 * Judges the undoing of an update, which goes back through its plan. What an earlier attempt of the release has applied is
 * in no plan of this one; only a release that nobody approves can be tried again.
 */
export function approvedUndo({ changes, code }: Pick<Plan, "changes" | "code">, earlier: ChangesetName[]): Judge {
    const backwards = [...changes].reverse().map((change) => ({
        ...change,
        sql: change.undo ?? [],
        files: change.undoFiles,
        // Without an undo Liquibase itself refuses.
        readsDatabase: change.undoReadsDatabase === true || change.undoError !== undefined,
    }));
    return judgeOf(planned({ changes: backwards, code }, factsOfUndo), factsOfUndo, earlier);
}

type Compared = Omit<PlannedChange, "readsDatabase"> & { readsDatabase?: boolean };

function planned(
    { changes, code = [] }: { changes: Compared[]; code?: Plan["code"] },
    factsOf: (change: Compared) => Fact[],
): Map<string, Expected> {
    const running = new Set(code.flatMap(({ changeset }) => changeset ?? []));
    return new Map(
        changes.map((change, position) => [
            keyOf(change),
            {
                position,
                facts: factsOf(change),
                sql: change.sql,
                files: change.files ?? [],
                uncompared: change.readsDatabase === true || running.has(keyOf(change)),
            },
        ]),
    );
}

type Described = Pick<ChangesetEvent, "runInTransaction" | "failOnError" | "checksum" | "preconditions"> &
    Pick<ChangesetEvent, "contexts" | "labels" | "tag">;

function factsOfRun(changeset: Described & Pick<PlannedChange, "again">): Fact[] {
    const { failOnError, preconditions, again, contexts = "", labels = "", tag = "" } = changeset;
    return [
        ["whether it runs again", String(again)],
        ["failOnError", String(failOnError ?? true)],
        ["preconditions", preconditions === undefined ? "none" : describePrecondition(preconditions)],
        ["contexts", contexts],
        ["labels", labels],
        ["tag", tag],
        ...factsOfUndo(changeset),
    ];
}

function factsOfUndo({ runInTransaction, checksum = "" }: Described): Fact[] {
    return [
        ["runInTransaction", String(runInTransaction)],
        ["checksum", checksum],
    ];
}

function judgeOf(
    byKey: Map<string, Expected>,
    factsOf: (event: ChangesetEvent) => Fact[],
    unplanned: ChangesetName[] = [],
): Judge {
    const free = new Set(unplanned.map(keyOf));
    let last = -1;
    const differences = (event: ChangesetEvent): string[] => {
        const expected = byKey.get(keyOf(event));
        if (expected === undefined) {
            return free.has(keyOf(event)) ? [] : ["The plan does not have it."];
        }
        if (event.event === "mayRead") {
            return fileDifferences(expected.files, event.files ?? [], { all: false });
        }
        if (expected.position <= last) {
            return ["The plan has it earlier: it would run twice, or in another order."];
        }
        last = expected.position;
        return [
            ...factDifferences(expected.facts, factsOf(event)),
            ...(expected.uncompared ? [] : statementDifferences(expected.sql, event.sql ?? [])),
            ...(expected.uncompared ? [] : fileDifferences(expected.files, event.files ?? [], { all: true })),
        ];
    };
    return {
        begin: () => {
            last = -1;
            return [...free, ...[...byKey].flatMap(([key, { uncompared }]) => (uncompared ? [key] : []))];
        },
        objection: (event) => {
            const found = event.event === "unapproved" ? [event.message ?? ""] : differences(event);
            return found.length === 0 ? undefined : refusal(event, found);
        },
    };
}

function refusal(event: ChangesetEvent, differences: string[]): string {
    return [
        event.event === "unapproved"
            ? `${keyOf(event)} was stopped: it went on otherwise than approved. In a transaction nothing of it stays.`
            : `${keyOf(event)} is not what was approved; nothing of it was run.`,
        ...differences.map((difference) => `  - ${difference}`),
        "The source, or what the database says has run, is not as planned. Start the pipeline again to plan and approve what is there now.",
    ].join("\n");
}

function factDifferences(planned: Fact[], now: Fact[]): string[] {
    const values = new Map(now);
    return planned.flatMap(([what, value]) =>
        values.get(what) === value ? [] : [`${what}: planned ${shown(value)}, now ${shown(values.get(what) ?? "")}`],
    );
}

function statementDifferences(planned: string[], now: string[]): string[] {
    const differing = [...planned, ...now].findIndex((_, index) => planned[index] !== now[index]);
    if (differing === -1 || differing >= Math.max(planned.length, now.length)) {
        return [];
    }
    const [before, after] = [planned, now].map((statements) => shown(statements[differing] ?? ""));
    return [
        `statement ${differing + 1} of ${planned.length} planned and ${now.length} now: planned ${before}, now ${after}`,
    ];
}

/** `all`: the planned ones must be read, too. */
function fileDifferences(planned: FileRead[], now: FileRead[], { all }: { all: boolean }): string[] {
    const [before, after] = [planned, now].map((files) => new Map(files.map((file) => [file.path, file])));
    return [
        ...now.flatMap((file) => {
            const known = before!.get(file.path);
            const same = known?.sha256 === file.sha256 && known.bytes === file.bytes;
            const was = known === undefined ? "not in the plan" : `planned ${describeFile(known)}`;
            return same ? [] : [`file: ${was}, now ${describeFile(file)}`];
        }),
        ...planned.flatMap((file) =>
            all && !after!.has(file.path) ? [`file: planned ${describeFile(file)}, now not read`] : [],
        ),
    ];
}

const longest = 200;

function shown(text: string): string {
    if (text === "") {
        return "nothing";
    }
    return JSON.stringify(text.length <= longest ? text : `${text.slice(0, longest)}…`);
}
