import { type ChangesetName, keyOf } from "../changesets";
import { describeFile, type FileRead } from "../tools/files";
import type { ChangesetEvent, Judge } from "../tools/events";
import type { PlanWords } from "../tools/tool";
import type { Plan, PlannedChange } from "./model";

/** What a plan says about a changeset before it is run or undone. */
interface Expected {
    position: number;
    facts: Fact[];
    sql: string[];
    files: FileRead[];
    /** Its statements are not compared: generating them reads the database or runs code. */
    uncompared: boolean;
    /** It sends none: it is only marked. */
    idle: boolean;
}

/** Something that must match the plan, with its display name. */
type Fact = [what: string, value: string];

/** Judges an update: each changeset is in the plan, in its order, and does what the plan says. */
export function approvedUpdate(plan: Pick<Plan, "changes" | "code" | "passedOver">, words: RunWords): Judge {
    const { passedOver } = plan;
    const factsOf = (change: Described & Pick<PlannedChange, "again">) => factsOfRun(change, words);
    return judgeOf(planned(plan, factsOf), (event) => factsOf({ ...event, again: event.again ?? true }), {
        passedOver,
    });
}

/** Judges a rollback that was planned as one. */
export function approvedRollback(plan: Pick<Plan, "changes" | "code">): Judge {
    return judgeOf(planned(plan, factsOfUndo), factsOfUndo);
}

/**
 * Judges the rollback of an update, which undoes its plan in reverse. What an earlier attempt of the release applied is
 * not in this attempt's plan; only a release without approval can be retried.
 */
export function approvedUndo({ changes, code }: Pick<Plan, "changes" | "code">, earlier: ChangesetName[]): Judge {
    const backwards = [...changes].reverse().map((change) => ({
        ...change,
        sql: change.undo ?? [],
        files: change.undoFiles,
        // Without an undo the tool itself refuses.
        readsDatabase: change.undoReadsDatabase === true || change.undoError !== undefined,
    }));
    const statements = planned({ changes: backwards, code }, factsOfUndo);
    // Whether a changeset is only marked is decided while the update runs.
    return judgeOf(statements, factsOfUndo, { unplanned: earlier, mayBeMarked: true });
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
                idle: change.decision?.outcome === "Marked",
            },
        ]),
    );
}

type Described = Pick<ChangesetEvent, "runInTransaction" | "mayFail" | "checksum" | "preconditions"> &
    Pick<ChangesetEvent, "contexts" | "labels" | "tag">;

type RunWords = Pick<PlanWords, "terms" | "describePrecondition">;

function factsOfRun(changeset: Described & Pick<PlannedChange, "again">, words: RunWords): Fact[] {
    const { mayFail = false, preconditions, again, contexts = "", labels = "", tag = "" } = changeset;
    return [
        ["whether it runs again", String(again)],
        [words.terms.stopOnFailure, String(!mayFail)],
        ["preconditions", preconditions === undefined ? "none" : words.describePrecondition(preconditions)],
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
    {
        unplanned = [],
        passedOver = [],
        mayBeMarked = false,
    }: { unplanned?: ChangesetName[]; passedOver?: ChangesetName[]; mayBeMarked?: boolean } = {},
): Judge {
    const free = new Set(unplanned.map(keyOf));
    // The tool asks for them too, and finds that they do not run. One for another context or database may have the name of
    // one that runs.
    const passed = new Set(passedOver.map(keyOf).filter((key) => !byKey.has(key)));
    let last = -1;
    const differences = (event: ChangesetEvent): string[] => {
        const expected = byKey.get(keyOf(event));
        if (expected === undefined) {
            const known = free.has(keyOf(event)) || (event.event === "mayRun" && passed.has(keyOf(event)));
            return known ? [] : ["The plan does not have it."];
        }
        if (event.event === "mayRead") {
            return fileDifferences(expected.files, event.files ?? [], { all: false });
        }
        if (expected.position <= last) {
            return ["In the plan it comes earlier: it would run twice, or in a different order."];
        }
        last = expected.position;
        if (mayBeMarked && event.marked) {
            return [...factDifferences(expected.facts, factsOf(event)), ...statementDifferences([], event.sql ?? [])];
        }
        const uncompared = expected.uncompared || expected.idle;
        return [
            ...factDifferences(expected.facts, factsOf(event)),
            ...(uncompared ? [] : statementDifferences(expected.sql, event.sql ?? [])),
            ...(uncompared ? [] : fileDifferences(expected.files, event.files ?? [], { all: true })),
        ];
    };
    return {
        begin: () => {
            last = -1;
            const those = (which: (one: Expected) => boolean) =>
                [...byKey].filter(([, one]) => which(one)).map(([key]) => key);
            return {
                uncompared: [...free, ...those(({ uncompared, idle }) => uncompared && !idle)],
                idle: [...passed, ...those(({ idle }) => idle)],
            };
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
            ? `${keyOf(event)} was stopped because it deviated from the approved plan. If it ran in a transaction, none of its changes remain.`
            : `${keyOf(event)} differs from the approved plan; none of it was run.`,
        ...differences.map((difference) => `  - ${difference}`),
        "The source, or the migration history in the database, differs from the plan. Start the pipeline again to plan and approve the current state.",
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

/** `all`: the planned files must be read, too. */
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
