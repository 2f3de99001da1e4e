import { count, keyOf } from "../delivery/changesets";
import { renderDifferences } from "../delivery/engines/fingerprint";
import type { ChangesetEvent, CommandResult } from "../delivery/tools/events";
import type { TrialDatabase } from "./trial";
import type { ProvenChangeset } from "./proof";
import { type State, stateDifferences } from "./state";
import { splitMoves, Verdicts } from "./verdict";

/** The result of undoing all changesets with Liquibase's own command and applying them again. */
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
 * what single steps cannot: that rollbacks do not interfere with each other, and that changesets that were only
 * marked as ran hinder neither command.
 */
export async function proveWhole(
    runner: Runner,
    database: TrialDatabase,
    empty: State,
    changesets: ProvenChangeset[],
): Promise<WholeProof> {
    const started = Date.now();
    const hindrance = changesets.find(({ verdict }) => !undoable.includes(verdict));
    const outcome = hindrance === undefined ? await undoAndApply(runner, database, empty) : skipped(hindrance);
    return { ...outcome, seconds: (Date.now() - started) / 1000 };
}

const undoable: string[] = [Verdicts.proven, Verdicts.unseen, Verdicts.notRun];

type Outcome = Omit<WholeProof, "seconds">;

function skipped(hindrance: ProvenChangeset): Outcome {
    const message = `Undoing all at once was not checked: ${keyOf(hindrance)} cannot be undone.`;
    return { result: "Skipped", message, details: [] };
}

async function undoAndApply(runner: Runner, database: TrialDatabase, empty: State): Promise<Outcome> {
    const complete = await database.wholeState();
    const number = await database.historyLength();
    const all = `all ${count(number, "changeset")}`;
    const undone = await watch((onEvent) => runner.rollbackCount(number, onEvent));
    if (undone.failure !== undefined) {
        return failed(`Undoing ${all} at once fails.`, undone.failure);
    }
    const left = splitMoves(stateDifferences(empty, await database.wholeState())).rest;
    if (left.length > 0) {
        return failed(`Undoing ${all} at once does not restore the original state.`, renderDifferences(left));
    }
    const again = await watch((onEvent) => runner.update(onEvent));
    if (again.failure !== undefined) {
        return failed(`After being undone, ${all} cannot be reapplied at once.`, again.failure);
    }
    const differing = splitMoves(stateDifferences(complete, await database.wholeState(), { digests: false })).rest;
    return differing.length > 0
        ? failed(`Reapplied at once, ${all} have a different result.`, renderDifferences(differing))
        : { result: "Proven", message: `Undone and reapplied at once, ${all} have the same result.`, details: [] };
}

function failed(message: string, details: string[]): Outcome {
    return { result: "Failed", message, details };
}

/** Runs a command; reports which changeset failed, and why. */
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
