import { messageOf } from "../delivery/errors";
import { explainFailure } from "../delivery/tools/liquibase/explain";
import { type ChangesetName, keyOf, nameOf } from "../delivery/changesets";
import type { ChangesetEvent, CommandResult } from "../delivery/tools/events";
import type { TrialDatabase } from "./trial";
import { type Change, type State, stateDifferences } from "./state";
import { failureDetails, judge, type Judgement, type Trial, Verdicts } from "./verdict";
import { InternalError } from "../../components/errorDefinition";

/** The part of `Liquibase` that a proof needs. */
export interface Prover {
    prove(onEvent: (event: ChangesetEvent) => void): Promise<CommandResult>;
    answer(word: string): void;
}

/** Facts known about a changeset before it runs. */
export interface PlannedChangeset extends ChangesetName {
    /** Why it needs no undo, if its author says so. */
    irreversible?: string;
    undoSql?: string[];
}

export interface ProvenChangeset extends ChangesetName, Judgement {
    applyMilliseconds: number;
    undoMilliseconds: number;
}

/** A question of `Proof.java`; Liquibase waits for the answer. */
type Question = "applied" | "undone" | "undoMissing" | "undoFailed" | "appliedAgain" | "applyAgainFailed";
type ProofEvent = Omit<ChangesetEvent, "event"> & {
    event: ChangesetEvent["event"] | "preconditionFailed" | Question;
    /** Of a precondition: what its changeset says for this case. */
    onFail?: string;
};

/** A state to return to. */
interface Moment {
    state: State;
    sequences: Map<string, string | null>;
}

/** What is known so far about the changeset being tried. */
interface Attempt extends Omit<Trial, "undo"> {
    undo?: Trial["undo"];
    undoMilliseconds: number;
}

const nothing = { changed: "nothing" as Change, details: [], notes: [] };

/**
 * Tries each changeset of a changelog separately, on a database where only the ones before it were applied: applies it,
 * undoes it, applies it again. If a wrong rollback leaves the database inconsistent, it is discarded, and the next pass
 * skips the trials of changesets already proven.
 */
export class Proof {
    /** The changesets whose proof is complete, in execution order. */
    private readonly known = new Map<string, ProvenChangeset>();
    private lastKnown = "";
    private readonly plans: Map<string, PlannedChangeset>;
    private moment: Moment | undefined;
    private attempt: Attempt | undefined;
    private applyMilliseconds = 0;
    private precondition = "";
    /** The changeset whose preconditions Liquibase tests. */
    private current: ProofEvent | undefined;
    private broken: Error | undefined;
    private restart = false;

    constructor(
        private readonly prover: Prover,
        private readonly database: TrialDatabase,
        private readonly planned: PlannedChangeset[],
        private readonly onKnown: (changeset: ProvenChangeset) => void = () => {},
        /** Sees the state that each changeset starts from. */
        private readonly onStart: (changeset: ChangesetName, before: State) => void = () => {},
    ) {
        this.plans = new Map(planned.map((changeset) => [keyOf(changeset), changeset]));
    }

    async run(): Promise<ProvenChangeset[]> {
        do {
            await this.pass();
        } while (this.restart);
        return [...this.known.values(), ...this.notReached()];
    }

    private async pass(): Promise<void> {
        if (this.restart) {
            await this.database.recreate();
        }
        this.restart = false;
        this.moment = await this.look();
        const result = await this.prover.prove((event) => this.onEvent(event));
        if (this.broken !== undefined) {
            throw this.broken;
        }
        const explained = this.restart || [...this.known.values()].some(({ verdict }) => verdict === Verdicts.fails);
        if (result.exitCode !== 0 && !explained) {
            throw explainFailure("Liquibase cannot run the changelog", result, { exit: "refused" });
        }
    }

    private onEvent(event: ProofEvent): void {
        switch (event.event) {
            case "willRun":
                this.current = event;
                return;
            case "preconditionFailed":
                this.precondition = event.message ?? "";
                this.passedOver(event);
                return;
            case "ran":
                return this.ran(event);
            case "runFailed":
                return this.conclude(event, {
                    ...nothing,
                    verdict: Verdicts.fails,
                    message: "It fails.",
                    details: failureDetails(event),
                });
            case "applied":
            case "undone":
            case "undoMissing":
            case "undoFailed":
            case "appliedAgain":
            case "applyAgainFailed":
                void this.respond(event, event.event);
                return;
            default:
                return;
        }
    }

    private ran(event: ProofEvent): void {
        this.applyMilliseconds = event.milliseconds ?? 0;
        if (event.outcome === "Applied" || this.known.has(keyOf(event))) {
            return;
        }
        const reason =
            event.outcome === "Tolerated"
                ? "It failed, and its failOnError is false."
                : `A precondition was not met. ${this.precondition}`.trim();
        this.conclude(event, { ...nothing, verdict: Verdicts.notRun, message: reason });
    }

    /** Liquibase reports a changeset that stays pending in no other way. */
    private passedOver({ onFail }: ProofEvent): void {
        if (onFail === "CONTINUE" && this.current !== undefined && !this.known.has(keyOf(this.current))) {
            const message = `A precondition was not met, so it stays pending (onFail: CONTINUE). ${this.precondition}`;
            this.applyMilliseconds = 0;
            this.conclude(this.current, { ...nothing, verdict: Verdicts.notRun, message: message.trim() });
        }
    }

    private async respond(event: ProofEvent, question: Question): Promise<void> {
        try {
            this.prover.answer(await this.decide(event, question));
        } catch (error) {
            this.broken = new InternalError(`The proof of ${keyOf(event)} stopped: ${messageOf(error)}`, {
                cause: error,
            });
            this.prover.answer("stop");
        }
    }

    private async decide(event: ProofEvent, question: Question): Promise<string> {
        switch (question) {
            case "applied":
                return this.applied(event);
            case "undone":
            case "undoMissing":
            case "undoFailed":
                return this.undone(event, question);
            case "appliedAgain":
            case "applyAgainFailed":
                return this.again(event, question);
        }
    }

    private async applied(event: ProofEvent): Promise<string> {
        const key = keyOf(event);
        if (this.known.has(key)) {
            this.moment = key === this.lastKnown ? await this.look() : this.moment;
            return "skip";
        }
        const { irreversible, undoSql } = this.plans.get(key) ?? {};
        this.onStart(event, this.former.state);
        this.attempt = {
            before: this.former.state,
            applied: await this.database.state(),
            irreversible,
            undoSql,
            undoMilliseconds: 0,
        };
        return "undo";
    }

    private async undone(event: ProofEvent, result: Trial["undo"]["result"]): Promise<string> {
        const { attempt } = this;
        if (attempt === undefined) {
            throw new InternalError("nothing was applied");
        }
        const state = await this.database.state();
        const { message, statement } = event;
        attempt.undo = { result, message, statement, state };
        attempt.undoMilliseconds = event.milliseconds ?? 0;
        const unchanged = stateDifferences(attempt.applied, state).length === 0;
        const restored = stateDifferences(attempt.before, state).length === 0;
        if (unchanged && !(restored && result === "undone")) {
            return this.go(event, attempt.applied, "keep");
        }
        if (result !== "undone") {
            return this.startAgain(event);
        }
        await this.database.resetSequences(this.former.sequences);
        return "apply";
    }

    private async again(event: ProofEvent, question: "appliedAgain" | "applyAgainFailed"): Promise<string> {
        const { attempt } = this;
        if (attempt === undefined) {
            throw new InternalError("nothing was undone");
        }
        const state = await this.database.state();
        const failed = { message: event.message ?? "", statement: event.statement };
        attempt.again = { state, ...(question === "applyAgainFailed" ? failed : {}) };
        const same = stateDifferences(attempt.applied, state, { digests: false }).length === 0;
        return question === "appliedAgain" && same ? this.go(event, state, "go") : this.startAgain(event);
    }

    /** Continues with the next changeset in this database. */
    private async go(event: ProofEvent, state: State, answer: string): Promise<string> {
        this.concludeAttempt(event);
        this.moment = { state, sequences: await this.database.sequences() };
        return answer;
    }

    /** Continues with the next changeset in a new database: this one is in neither the earlier nor the later state. */
    private startAgain(event: ProofEvent): string {
        this.concludeAttempt(event);
        this.restart = true;
        return "stop";
    }

    private concludeAttempt(event: ProofEvent): void {
        const { attempt } = this;
        if (attempt?.undo === undefined) {
            throw new InternalError("nothing was undone");
        }
        this.attempt = undefined;
        this.conclude(event, judge({ ...attempt, undo: attempt.undo }), attempt.undoMilliseconds);
    }

    private conclude(event: ProofEvent, judgement: Judgement, undoMilliseconds = 0): void {
        const changeset = {
            ...nameOf(event),
            ...judgement,
            applyMilliseconds: this.applyMilliseconds,
            undoMilliseconds,
        };
        this.lastKnown = keyOf(event);
        this.known.set(this.lastKnown, changeset);
        this.onKnown(changeset);
    }

    private notReached(): ProvenChangeset[] {
        return this.planned
            .filter((changeset) => !this.known.has(keyOf(changeset)))
            .map((changeset) => ({
                ...nameOf(changeset),
                ...nothing,
                verdict: Verdicts.notReached,
                message: this.whyNotReached(),
                applyMilliseconds: 0,
                undoMilliseconds: 0,
            }));
    }

    private whyNotReached(): string {
        const culprit = [...this.known.values()].find(({ verdict }) => verdict === Verdicts.fails);
        return culprit === undefined ? "The run ended before it." : `${keyOf(culprit)} fails before it.`;
    }

    private async look(): Promise<Moment> {
        return { state: await this.database.state(), sequences: await this.database.sequences() };
    }

    private get former(): Moment {
        if (this.moment === undefined) {
            throw new InternalError("the database was not inspected");
        }
        return this.moment;
    }
}
