import { type Change, changeBetween, type State, stateDifferences } from "./state";
import { columnOrder, type Difference, renderDifferences, rowsOf } from "../delivery/engines/fingerprint";

/** What was found out about a changeset. Every other than the first four is a finding: the check fails. */
export const Verdicts = {
    /** Undone, the database was as before; applied again, as after. */
    proven: "Proven",
    /** It changed nothing in an empty database, so there was nothing to compare. */
    unseen: "Unseen",
    /** It says why nothing can undo it, and nothing did. */
    irreversible: "Irreversible",
    /** It did not run: a precondition did not hold, or it failed, and its failOnError is false. */
    notRun: "NotRun",
    noRollback: "NoRollback",
    rollbackFails: "RollbackFails",
    rollbackDoesNothing: "RollbackDoesNothing",
    rollbackIncomplete: "RollbackIncomplete",
    fails: "Fails",
    failsAgain: "FailsAgain",
    differsAgain: "DiffersAgain",
    /** A changeset before it failed. */
    notReached: "NotReached",
} as const;
export type Verdict = (typeof Verdicts)[keyof typeof Verdicts];

const harmless: readonly Verdict[] = [
    Verdicts.proven,
    Verdicts.unseen,
    Verdicts.irreversible,
    Verdicts.notRun,
    Verdicts.notReached,
];

export function isFinding(verdict: Verdict): boolean {
    return !harmless.includes(verdict);
}
/** Why something failed, and at which statement. */
export interface Failure {
    message?: string;
    statement?: string;
}

/** What the steps of one changeset's proof showed. */
export interface Trial {
    before: State;
    applied: State;
    undo: Failure & { result: "undone" | "undoMissing" | "undoFailed"; state: State };
    /** Absent when it was not applied again. */
    again?: Failure & { state: State };
    /** Why nothing is to be undone, if its author says so. */
    irreversible?: string;
    /** The statements that undo it, as far as they are known. */
    undoSql?: string[];
}

export interface Judgement {
    verdict: Verdict;
    changed: Change;
    /** What is wrong, in a sentence. */
    message?: string;
    /** Evidence: differences, statements. */
    details: string[];
    /** Notes that are not faults. */
    notes: string[];
}

/** What follows from a changeset's trial. */
export function judge(trial: Trial): Judgement {
    const { before, applied } = trial;
    const changed = changeBetween(before, applied);
    const notes = largeTables(applied);
    const undo = judgeUndo(trial, changed);
    const found = undo.verdict === Verdicts.proven ? judgeAgain(trial) : {};
    return { changed, details: [], ...undo, ...found, notes: [...undo.notes, ...notes] };
}

type Partial = Pick<Judgement, "verdict" | "message" | "notes"> & { details?: string[] };

function judgeUndo(trial: Trial, changed: Change): Partial {
    const { before, applied, undo, irreversible } = trial;
    const left = stateDifferences(before, undo.state);
    const { moved, lost, rest } = splitLosses(left, stateDifferences(before, applied));
    if (changed === "nothing" && rest.length === 0 && undo.result === "undone") {
        return { verdict: Verdicts.unseen, notes: [] };
    }
    if (irreversible !== undefined && undo.result !== "undoFailed" && isUnchanged(applied, undo.state)) {
        return { verdict: Verdicts.irreversible, message: `It needs no rollback: ${irreversible}`, notes: [] };
    }
    if (undo.result === "undoMissing") {
        return noRollback(trial);
    }
    if (undo.result === "undoFailed") {
        return rollbackFails(trial, left);
    }
    return rest.length === 0
        ? { verdict: Verdicts.proven, notes: [...moveNotes(moved), ...lossNotes(lost)] }
        : rollbackLeaves(trial, rest);
}

function noRollback({ before, applied, undo }: Trial): Partial {
    return {
        verdict: Verdicts.noRollback,
        message:
            "It has no rollback, and Liquibase cannot derive one: rolling back a release would stop here, with part of it undone.",
        details: [
            ...(undo.message === undefined ? [] : [shortened(undo.message)]),
            ...listed("Effects of the changeset:", stateDifferences(before, applied)),
        ],
        notes: [],
    };
}

function rollbackFails({ applied, undo }: Trial, left: Difference[]): Partial {
    // Outside of a transaction, what it did before it failed stays done.
    const half = isUnchanged(applied, undo.state) ? [] : left;
    return {
        verdict: Verdicts.rollbackFails,
        message: "Its rollback fails.",
        details: [...failureDetails(undo), ...listed("Differences from the state before the changeset:", half)],
        notes: [],
    };
}

function rollbackLeaves({ applied, undo, undoSql }: Trial, rest: Difference[]): Partial {
    const nothing = isUnchanged(applied, undo.state);
    return {
        verdict: nothing ? Verdicts.rollbackDoesNothing : Verdicts.rollbackIncomplete,
        message: nothing
            ? "Its rollback has no effect."
            : "Its rollback does not restore the state before the changeset.",
        details: [...listed("Differences from the state before the changeset:", rest), ...statements(undoSql)],
        notes: [],
    };
}

function judgeAgain({ applied, again }: Trial): { verdict?: Verdict; message?: string; details?: string[] } {
    if (again === undefined) {
        return {};
    }
    if (again.message !== undefined) {
        return {
            verdict: Verdicts.failsAgain,
            message: "It was undone, but cannot be reapplied.",
            details: failureDetails(again),
        };
    }
    const { rest } = splitMoves(stateDifferences(applied, again.state, { digests: false }));
    return rest.length === 0
        ? {}
        : {
              verdict: Verdicts.differsAgain,
              message: "Reapplied after its rollback, it has a different result.",
              details: listed("Differences between the first and the second time:", rest),
          };
}

function isUnchanged(applied: State, now: State): boolean {
    return stateDifferences(applied, now).length === 0;
}

/** Differences that no rollback can avoid, and the rest. */
export function splitMoves(found: Difference[]): { moved: Difference[]; rest: Difference[] } {
    const isMove = ({ kind, change }: Difference) => kind === columnOrder && change === "changed";
    return { moved: found.filter(isMove), rest: found.filter((difference) => !isMove(difference)) };
}

// What a dropped column or table held is gone, even if the column or table is restored.
function splitLosses(found: Difference[], done: Difference[]) {
    const { moved, rest } = splitMoves(found);
    const dropped = new Set(
        done
            .filter(({ kind, change }) => change === "removed" && (kind === "table" || kind === "column"))
            .map(({ kind, name, of }) => (kind === "table" ? `table ${name}` : of)),
    );
    const isLoss = ({ kind, change, of }: Difference) => kind === rowsOf && change !== "added" && dropped.has(of);
    return { moved, lost: rest.filter(isLoss), rest: rest.filter((difference) => !isLoss(difference)) };
}

function moveNotes(moved: Difference[]): string[] {
    return moved.length === 0
        ? []
        : [`its rollback restores columns at the end of ${namesOf(moved)}, where a new column goes.`];
}

function lossNotes(lost: Difference[]): string[] {
    return lost.length === 0
        ? []
        : [`its rollback restores the dropped objects, but not their data: rows of ${namesOf(lost)} differ.`];
}

function namesOf(found: Difference[]): string {
    return found.map(({ name }) => name).join(", ");
}

function largeTables({ content }: State): string[] {
    const tables = [...content.values()].filter(({ digest }) => digest === undefined).map(({ table }) => table);
    return tables.length === 0 ? [] : [`the contents of ${tables.join(", ")} were not compared; they are too large.`];
}

function listed(title: string, found: Difference[]): string[] {
    return found.length === 0 ? [] : [title, ...renderDifferences(found).map((line) => `  ${line}`)];
}

function statements(undoSql: string[] | undefined): string[] {
    if (undoSql === undefined) {
        return [];
    }
    return undoSql.length === 0
        ? ["The rollback has no statements."]
        : ["The rollback:", ...undoSql.flatMap((statement) => statement.split("\n")).map((line) => `  ${line}`)];
}

/** As evidence. */
export function failureDetails({ message = "", statement }: Failure): string[] {
    const lines = statement?.split("\n").map((line) => `  ${line}`) ?? [];
    return [shortened(message), ...(lines.length > 0 ? ["The statement that failed:", ...lines] : [])];
}

/** A reason without the names of Java classes. */
function shortened(message: string): string {
    return message
        .replaceAll(/\b(?:liquibase|org\.postgresql|java)(?:\.\w+)+(?:Exception|Error): /g, "")
        .replace(
            /^No inverse to liquibase\.change\.core\.(\w)(\w*)Change created$/,
            (_, first: string, rest: string) => `Liquibase derives no rollback from ${first.toLowerCase()}${rest}.`,
        )
        .trim();
}
