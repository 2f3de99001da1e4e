import { count, keyOf } from "../delivery/changesets";
import { renderDifferences } from "../delivery/catalog";
import type { ChangesetEvent, CommandResult } from "../delivery/liquibase/session";
import type { CheckDatabase } from "./database";
import type { ProvenChangeset } from "./proof";
import { type State, stateDifferences } from "./state";
import { splitMoves, Verdicts } from "./verdict";

/** What became of undoing all changesets with Liquibase's own command, and applying them again. */
export interface WholeProof {
    result: "Proven" | "Failed" | "Skipped";
    message: string;
    details: string[];
    seconds: number;
}

/** The part of `Liquibase` that this needs. */
export interface Runner {
    rollbackCount(count: number, onEvent: (event: ChangesetEvent) => void): Promise<CommandResult>;
    update(onEvent: (event: ChangesetEvent) => void): Promise<CommandResult>;
}

/**
 * Undoes everything with one `rollback-count`, as a pipeline would, and applies it again with one `update`. It shows
 * what single steps cannot: that rollbacks do not hinder each other, and what Liquibase does with changesets that are in
 * its history without having run.
 */
export async function proveWhole(
    runner: Runner,
    database: CheckDatabase,
    empty: State,
    changesets: ProvenChangeset[],
): Promise<WholeProof> {
    const started = Date.now();
    const hindrance = changesets.find(({ verdict }) => !undoable.includes(verdict));
    const outcome =
        hindrance === undefined ? await undoAndApply(runner, database, empty, changesets) : skipped(hindrance);
    return { ...outcome, seconds: (Date.now() - started) / 1000 };
}

const undoable: string[] = [Verdicts.proven, Verdicts.unseen, Verdicts.notRun];

const markedAsRan =
    "It is in Liquibase's history without having run, since a precondition did not hold (MARK_RAN), and is undone all " +
    "the same: its rollback has to cope with what is not there (DROP … IF EXISTS).";

type Outcome = Omit<WholeProof, "seconds">;

function skipped(hindrance: ProvenChangeset): Outcome {
    const message = `All at once was not tried: ${keyOf(hindrance)} cannot be undone.`;
    return { result: "Skipped", message, details: [] };
}

async function undoAndApply(
    runner: Runner,
    database: CheckDatabase,
    empty: State,
    changesets: ProvenChangeset[],
): Promise<Outcome> {
    const complete = await database.state();
    const number = await database.historyLength();
    const all = `all ${count(number, "changeset")}`;
    const undone = await watch((onEvent) => runner.rollbackCount(number, onEvent));
    if (undone.failure !== undefined) {
        const [culprit] = undone.failure;
        const ran = changesets.find((changeset) => keyOf(changeset) === culprit)?.verdict !== Verdicts.notRun;
        return failed(`Undoing ${all} at once fails.`, [...undone.failure, ...(ran ? [] : [markedAsRan])]);
    }
    const left = splitMoves(stateDifferences(empty, await database.state())).rest;
    if (left.length > 0) {
        return failed(`Undoing ${all} at once leaves something behind.`, renderDifferences(left));
    }
    const again = await watch((onEvent) => runner.update(onEvent));
    if (again.failure !== undefined) {
        return failed(`Undone, ${all} cannot be applied again at once.`, again.failure);
    }
    const differing = splitMoves(stateDifferences(complete, await database.state(), { digests: false })).rest;
    return differing.length > 0
        ? failed(`Applied again at once, ${all} give something else.`, renderDifferences(differing))
        : { result: "Proven", message: `Undone at once and applied again, ${all} give the same.`, details: [] };
}

function failed(message: string, details: string[]): Outcome {
    return { result: "Failed", message, details };
}

/** Runs a command; tells which changeset it failed at, and why. */
async function watch(
    command: (onEvent: (event: ChangesetEvent) => void) => Promise<CommandResult>,
): Promise<{ failure?: string[] }> {
    let failure: string[] | undefined;
    const { exitCode, messages } = await command((event) => {
        if (event.event === "rollbackFailed" || event.event === "runFailed") {
            failure = [keyOf(event), ...(event.message ?? "").split("\n")];
        }
    });
    return exitCode === 0 ? {} : { failure: failure ?? messages };
}
